import type { Config } from "../../config/config.ts";
import { readText } from "../../config/file.ts";
import type { CommandWords } from "../../words/words.ts";
import { findingsOf } from "../finding.ts";
import type { BotFinding } from "./finding.ts";

const { ok, warn, fail } = findingsOf("downloaders");

/**
 * Whether the downloader beside the bot, if the config has one, finds what it is to use, and can read pages: without yt-dlp it fetches
 * only files. `path` is where programs are looked for.
 */
export function checkBeside(
  { dir, yt_dlp: named, cookies }: Pick<Config["downloader"], "dir" | "yt_dlp" | "cookies">,
  { words, path }: { readonly words: CommandWords["check"]; readonly path?: string },
): BotFinding[] {
  if (dir === "") return [];
  const { beside } = words;
  const program = Bun.which(named || "yt-dlp", path === undefined ? {} : { PATH: path });
  const ofYtDlp =
    program !== null
      ? ok(beside.ytDlp(program))
      : named === ""
        ? warn(beside.noYtDlp, beside.noYtDlpAdvice)
        : fail(beside.noNamed(named), beside.noNamedAdvice);
  return [
    ofYtDlp,
    ...(cookies === "" || holdsText(cookies) ? [] : [fail(beside.noCookies(cookies), beside.noCookiesAdvice)]),
  ];
}

function holdsText(file: string): boolean {
  const read = readText(file);
  return read.ok && read.text.trim() !== "";
}
