import { downloaderTexts } from "../downloader/locales/locales.ts";
import type { DownloaderOptions } from "../downloader/options.ts";
import { checkSelf, type SelfCheck } from "../downloader/self-check.ts";
import { words } from "../words/words.ts";
import { EXIT, type Exit } from "./exit.ts";
import { type Finding, findingsOf, inJson, isSound } from "./finding.ts";
import { findingText, sumOf } from "./finding-text.ts";
import { findingsOnProgram, type ProgramFinding, type ProgramKeys } from "./program-findings.ts";

/** `dwld-bot downloader --check --json` prints these. */
type DownloaderFinding = ProgramFinding | Finding<"options" | "folder" | "other" | "bot">;

/** The options that lead to a program. */
const OPTIONS: ProgramKeys = { url: "--backend-url", user: "--backend-user", secret: "--backend-secret-file" };

/**
 * Checks whether a downloader with these options could do its work, and prints a line for each thing, or with `json` the same for
 * programs. Exits with 78 if it could not.
 */
export async function checkDownloader(
  options: DownloaderOptions,
  { write, json }: { readonly write: (text: string) => void; readonly json: boolean },
): Promise<Exit> {
  const { check } = words[options.language];
  const found = await checkSelf(options);
  const findings = [
    ...ofOptions(options),
    ofFolder(found, options),
    ...ofProgram(found, options),
    ...ofOthers(found, options),
    ofBot(found, options),
  ];
  if (json) {
    write(inJson(findings));
  } else {
    for (const finding of findings) write(findingText(finding, check));
    write(`\n${sumOf(findings, check)}\n`);
  }
  return isSound(findings) ? EXIT.stopped : EXIT.config;
}

function ofOptions({ backEnd }: DownloaderOptions): DownloaderFinding[] {
  return (backEnd?.warnings ?? []).map((what) => findingsOf("options").warn(what));
}

function ofFolder({ folder }: SelfCheck, { dir, language }: DownloaderOptions): DownloaderFinding {
  const said = words[language].check.downloader;
  const { ok, fail } = findingsOf("folder");
  if (folder.kind === "refused") return fail(said.readOnly(dir, folder.code), said.ownFolder);
  return ok(folder.kind === "missing" ? said.newFolder(dir) : said.folder(dir));
}

function ofProgram({ program }: SelfCheck, { language }: DownloaderOptions): DownloaderFinding[] {
  if (program.kind !== "yt_dlp") return findingsOnProgram(program, { keys: OPTIONS, language });
  const said = words[language].check.downloader;
  const { ok, warn } = findingsOf("program");
  return [program.path === undefined ? warn(said.noYtDlp, said.getYtDlp) : ok(said.ytDlp(program.path))];
}

function ofOthers({ program }: SelfCheck, { language }: DownloaderOptions): DownloaderFinding[] {
  const said = words[language].check.downloader;
  const others = program.kind === "yt_dlp" ? program.others : [];
  return others.map(({ kind, url }) => findingsOf("other").ok(said.other(kind, url), said.useOther(kind)));
}

function ofBot({ bot }: SelfCheck, { language }: DownloaderOptions): DownloaderFinding {
  const said = words[language].check.downloader;
  const { ok, fail } = findingsOf("bot");
  switch (bot.kind) {
    case "answers":
      return ok(said.botAnswers(bot.address));
    case "silent":
      return fail(said.noBot(bot.address, bot.detail), said.findBot);
    case "joins":
      return ok(said.joins);
    case "unreadable":
      return fail(downloaderTexts[language].joining.unreadable(bot.path));
  }
}
