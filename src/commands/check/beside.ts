import type { Config } from "../../config/config.ts";
import type { CommandWords } from "../../words/words.ts";
import { type Finding, findingsOf } from "./finding.ts";

const { ok, warn } = findingsOf("downloaders");

/** Whether the downloader beside the bot, where the config has one, can read pages: without yt-dlp it fetches files only. */
export function checkBeside({ dir, yt_dlp: program }: Config["downloader"], words: CommandWords["check"]): Finding[] {
  if (dir === "") return [];
  const { ytDlp, noYtDlp, noYtDlpAdvice } = words.beside;
  const path = Bun.which(program || "yt-dlp");
  return [path === null ? warn(noYtDlp(program || "yt-dlp"), noYtDlpAdvice) : ok(ytDlp(path))];
}
