import type { Language } from "../domain/chat.ts";
import { downloaderTexts } from "../downloader/locales/locales.ts";
import type { ProgramCheck, SharedFolder } from "../downloader/programs.ts";
import { type CommandWords, words } from "../words/words.ts";
import { type Finding, findingsOf } from "./finding.ts";

/** `secret`: the program is there, but does not let this one in; `files`: where it puts them. */
export type ProgramFinding = Finding<"program" | "secret" | "files">;

/** The options or keys in which the operator has written what leads to the program. */
export interface ProgramKeys {
  readonly url: string;
  readonly user: string;
  readonly secret: string;
}

/** Whether the program can be used, and whether its files are on this machine. */
export function findingsOnProgram(
  found: ProgramCheck,
  { keys, language }: { readonly keys: ProgramKeys; readonly language: Language },
): ProgramFinding[] {
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
    return [findingsOf(found.why === "shut" ? "secret" : "program").fail(what, advice)];
  }
  const answers = findingsOf("program").ok(said.answers(found.what, url));
  return found.folder === undefined ? [answers] : [answers, ofFiles(found.folder, found.name, said)];
}

function ofFiles(
  { path, here, partsAreOurs }: SharedFolder,
  name: string,
  said: CommandWords["check"]["program"],
): ProgramFinding {
  const { ok, warn } = findingsOf("files");
  if (here === "missing" && partsAreOurs) return warn(said.elsewhere(name, path), said.partsStayElsewhere);
  if (here === "missing") return ok(said.elsewhere(name, path));
  if (here === "readable" && partsAreOurs) return warn(said.notOurs(name, path), said.partsStay);
  return ok(said.folder(name, path));
}
