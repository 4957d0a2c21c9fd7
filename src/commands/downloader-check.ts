import { downloaderTexts } from "../downloader/locales/locales.ts";
import type { DownloaderOptions } from "../downloader/options.ts";
import { checkSelf, type SelfCheck } from "../downloader/self-check.ts";
import { words } from "../words/words.ts";
import { EXIT, type Exit } from "./exit.ts";
import { type CheckVerdict, type ProgramKeys, verdictsOnProgram } from "./program-verdicts.ts";
import { isSound, sumOf, verdictText } from "./verdict-text.ts";

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
    write(`${JSON.stringify({ ok: isSound(findings), findings }, undefined, 2)}\n`);
  } else {
    for (const verdict of findings) write(verdictText(verdict, check));
    write(`\n${sumOf(findings, check)}\n`);
  }
  return isSound(findings) ? EXIT.stopped : EXIT.config;
}

function ofOptions({ backEnd }: DownloaderOptions): CheckVerdict[] {
  return (backEnd?.warnings ?? []).map((what) => ({ area: "options", level: "warn", what }));
}

function ofFolder({ folder }: SelfCheck, { dir, language }: DownloaderOptions): CheckVerdict {
  const said = words[language].check.downloader;
  const area = "folder";
  if (folder.kind === "refused")
    return { area, level: "fail", what: said.readOnly(dir, folder.code), advice: said.ownFolder };
  return { area, level: "ok", what: folder.kind === "missing" ? said.newFolder(dir) : said.folder(dir) };
}

function ofProgram({ program }: SelfCheck, { language }: DownloaderOptions): CheckVerdict[] {
  const said = words[language].check.downloader;
  if (program.kind !== "yt_dlp") return verdictsOnProgram(program, { keys: OPTIONS, language });
  const area = "program";
  return [
    program.path === undefined
      ? { area, level: "warn", what: said.noYtDlp, advice: said.getYtDlp }
      : { area, level: "ok", what: said.ytDlp(program.path) },
  ];
}

function ofOthers({ program }: SelfCheck, { language }: DownloaderOptions): CheckVerdict[] {
  const said = words[language].check.downloader;
  const others = program.kind === "yt_dlp" ? program.others : [];
  return others.map(({ kind, url }) => {
    return { area: "other", level: "ok", what: said.other(kind, url), advice: said.useOther(kind) };
  });
}

function ofBot({ bot }: SelfCheck, { language }: DownloaderOptions): CheckVerdict {
  const said = words[language].check.downloader;
  const area = "bot";
  switch (bot.kind) {
    case "answers":
      return { area, level: "ok", what: said.botAnswers(bot.address) };
    case "silent":
      return { area, level: "fail", what: said.noBot(bot.address, bot.detail), advice: said.findBot };
    case "joins":
      return { area, level: "ok", what: said.joins };
    case "unreadable":
      return { area, level: "fail", what: downloaderTexts[language].joining.unreadable(bot.path) };
  }
}
