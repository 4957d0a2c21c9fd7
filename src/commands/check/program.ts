import type { Config } from "../../config/config.ts";
import type { Language } from "../../domain/chat.ts";
import { parseOptions } from "../../downloader/options.ts";
import { lookAtProgram } from "../../downloader/programs.ts";
import { lookAtFolder } from "../../downloader/self-check.ts";
import { words } from "../../words/words.ts";
import { besideDir, besideOptions } from "../beside-options.ts";
import { findingsOf } from "../finding.ts";
import { findingsOnProgram, type ProgramKeys } from "../program-findings.ts";
import type { BotFinding } from "./finding.ts";

const KEYS: ProgramKeys = {
  url: "downloader.backend.url",
  user: "downloader.backend.user",
  secret: "downloader.backend.secret_file",
};
const { fail } = findingsOf("downloaders");

/**
 * Checks the program that the downloader beside the bot is to use, as that one would: with its options. Not together with other HTTP
 * calls: from then on no proxy of the environment is used.
 */
export async function checkProgramBeside(
  config: Config,
  { language, cwd }: { readonly language: Language; readonly cwd: string },
): Promise<BotFinding[]> {
  const dir = besideDir(config);
  const written = besideOptions({ dir, config, bot: config.grpc.listen });
  const backEndSecret = config.downloader.backend.secret || undefined;
  const parsed = parseOptions({ ...written, language }, { cwd, language, backEndSecret });
  if (!parsed.ok) return parsed.problems.map((problem) => fail(problem));
  const { backEnd } = parsed.options;
  if (backEnd === undefined) return [];
  const folder = lookAtFolder(dir);
  const { readOnly, ownFolder } = words[language].check.downloader;
  const findings = findingsOnProgram(await lookAtProgram(backEnd), { keys: KEYS, language });
  return [
    ...(folder.kind === "refused" ? [fail(readOnly(dir, folder.code), ownFolder)] : []),
    ...findings.map((found) => ({ ...found, area: "downloaders" as const })),
  ];
}
