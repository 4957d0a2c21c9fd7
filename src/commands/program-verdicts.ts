import type { Language } from "../domain/chat.ts";
import { downloaderTexts } from "../downloader/locales/locales.ts";
import type { ProgramCheck, SharedFolder } from "../downloader/programs.ts";
import { type CommandWords, words } from "../words/words.ts";

/** One result about a downloader, and what to do about it; `dwld-bot check --json` prints these too. */
export interface CheckVerdict {
  /** `secret`: the program is there, but does not let this one in; `files`: where it puts them. */
  readonly area: "options" | "folder" | "program" | "secret" | "files" | "other" | "bot";
  readonly level: "ok" | "warn" | "fail";
  readonly what: string;
  readonly advice?: string;
}

/** The options or keys in which the operator has written what leads to the program. */
export interface ProgramKeys {
  readonly url: string;
  readonly user: string;
  readonly secret: string;
}

/** Whether the program can be used, and whether its files are on this machine. */
export function verdictsOnProgram(
  found: ProgramCheck,
  { keys, language }: { readonly keys: ProgramKeys; readonly language: Language },
): CheckVerdict[] {
  const said = words[language].check.program;
  const { url } = found;
  if (found.kind === "silent") {
    const advice = {
      absent: said.absent(url, keys.url),
      shut: said.shut(keys.user, keys.secret),
      untrusted: said.untrusted,
      other: said.other(url, keys.url),
    }[found.why];
    const what = downloaderTexts[language].backEnd.noAnswer(found.name, found.detail);
    return [{ area: found.why === "shut" ? "secret" : "program", level: "fail", what, advice }];
  }
  const answers: CheckVerdict = { area: "program", level: "ok", what: said.answers(found.what, url) };
  return found.folder === undefined ? [answers] : [answers, ofFiles(found.folder, found.name, said)];
}

function ofFiles(
  { path, here, partsAreOurs }: SharedFolder,
  name: string,
  said: CommandWords["check"]["program"],
): CheckVerdict {
  const area = "files";
  if (here === "missing" && partsAreOurs)
    return { area, level: "warn", what: said.elsewhere(name, path), advice: said.partsStayElsewhere };
  if (here === "missing") return { area, level: "ok", what: said.elsewhere(name, path) };
  if (here === "readable" && partsAreOurs)
    return { area, level: "warn", what: said.notOurs(name, path), advice: said.partsStay };
  return { area, level: "ok", what: said.folder(name, path) };
}
