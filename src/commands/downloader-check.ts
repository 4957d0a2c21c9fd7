import { downloaderTexts } from "../downloader/locales/locales.ts";
import type { DownloaderOptions } from "../downloader/options.ts";
import { checkSelf, type SelfCheck } from "../downloader/self-check.ts";
import { words } from "../words/words.ts";
import { EXIT, type Exit } from "./exit.ts";

type Verdict = readonly [level: "ok" | "warn" | "fail", what: string, advice?: string];

/** Looks whether a downloader with these options could do its work, and prints a line for each thing. Exits with 78 when it could not. */
export async function checkDownloader(options: DownloaderOptions, write: (text: string) => void): Promise<Exit> {
  const { check } = words[options.language];
  const found = await checkSelf(options);
  const verdicts = [
    ofFolder(found, options),
    ofProgram(found, options),
    ...ofOthers(found, options),
    ofBot(found, options),
  ];
  for (const [level, what, advice] of verdicts) {
    write(`${check.levels[level].padEnd(9)}${what}\n${advice === undefined ? "" : `         → ${advice}\n`}`);
  }
  const count = (wanted: Verdict[0]) => verdicts.filter(([level]) => level === wanted).length;
  const isSound = count("fail") === 0;
  write(`\n${isSound ? check.sound(count("warn")) : check.unsound(count("fail"), count("warn"))}\n`);
  return isSound ? EXIT.stopped : EXIT.config;
}

function ofFolder({ folder }: SelfCheck, { dir, language }: DownloaderOptions): Verdict {
  const said = words[language].check.downloader;
  if (folder.kind === "refused") return ["fail", said.readOnly(dir, folder.code), said.ownFolder];
  return ["ok", folder.kind === "missing" ? said.newFolder(dir) : said.folder(dir)];
}

function ofProgram({ program }: SelfCheck, { language }: DownloaderOptions): Verdict {
  const said = words[language].check.downloader;
  if (program.kind === "answers") return ["ok", said.answers(program.what, program.url)];
  if (program.kind === "silent") {
    const { noAnswer } = downloaderTexts[language].backEnd;
    return ["fail", noAnswer(program.name, program.detail), said.findProgram(program.url)];
  }
  return program.path === undefined ? ["warn", said.noYtDlp, said.getYtDlp] : ["ok", said.ytDlp(program.path)];
}

function ofOthers({ program }: SelfCheck, { language }: DownloaderOptions): Verdict[] {
  const said = words[language].check.downloader;
  const others = program.kind === "yt_dlp" ? program.others : [];
  return others.map(({ kind, url }) => ["ok", said.other(kind, url), said.useOther(kind)]);
}

function ofBot({ bot }: SelfCheck, { language }: DownloaderOptions): Verdict {
  const said = words[language].check.downloader;
  switch (bot.kind) {
    case "answers":
      return ["ok", said.botAnswers(bot.address)];
    case "silent":
      return ["fail", said.noBot(bot.address, bot.detail), said.findBot];
    case "joins":
      return ["ok", said.joins];
    case "unreadable":
      return ["fail", downloaderTexts[language].joining.unreadable(bot.path)];
  }
}
