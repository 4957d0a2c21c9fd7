import { expect, test } from "bun:test";
import { BINARY } from "../support/binary/life.ts";
import { createBinaryRig } from "../support/binary.ts";
import { LANGUAGES, type Language } from "../support/guide.ts";
import { WRONG_BACK_ENDS } from "../support/wrong-starts/back-ends.ts";
import { WRONG_CONFIGS } from "../support/wrong-starts/configs.ts";
import { WRONG_PLACES } from "../support/wrong-starts/places.ts";
import type { WrongStart } from "../support/wrong-starts/start.ts";

const IS_ROOT = process.getuid?.() === 0;
/** Takes from root the rights that keep files and ports open to it. */
const CAPABILITIES = "-dac_override,-dac_read_search,-net_bind_service";
const AS_OTHERS = IS_ROOT ? ["setpriv", `--bounding-set=${CAPABILITIES}`, `--inh-caps=${CAPABILITIES}`] : [];
const canBeOrdinary = !IS_ROOT || Bun.spawnSync([...AS_OTHERS, "true"]).exitCode === 0;
/** Like a full disk, the limit makes every write to a file fail; the log is a pipe. */
const FULL_DISK = ["/bin/sh", "-c", 'trap "" XFSZ; ulimit -f 0; exec "$0" "$@"'];

const LOCALES = { en: "C.UTF-8", ru: "ru_RU.UTF-8" } as const;

const starts = [...WRONG_CONFIGS, ...WRONG_PLACES, ...WRONG_BACK_ENDS].filter(
  (start) => canBeOrdinary || !start.forOrdinaryUsers,
);

/** Starts the bot as systemd does, and reads its messages as the journal would. */
async function startWrongly({ prepare, forOrdinaryUsers }: WrongStart, language: Language) {
  await using rig = createBinaryRig();
  const { args = [], env = {}, isDiskFull = false } = (await prepare(rig)) ?? {};
  const become = forOrdinaryUsers ? AS_OTHERS : [];
  const command = [...become, ...(isDiskFull ? FULL_DISK : []), BINARY];
  const journal = { JOURNAL_STREAM: "8:1", LANG: LOCALES[language] };
  const life = rig.spawn({ PATH: process.env.PATH ?? "", ...journal, ...env }, args, command);
  const code = await life.exited;
  const lines = life.output.trimEnd().split("\n");
  const errors = lines.filter((line) => line.startsWith("<3>")).map((line) => line.slice(3));
  return { code, said: errors.join("\n"), withoutPriority: lines.filter((line) => !/^<[3-7]>/.test(line)) };
}

test("the table has at least thirty wrong starts", () => {
  expect(starts.length).toBeGreaterThanOrEqual(30);
});

test.each(LANGUAGES.flatMap((language) => starts.map((start) => [start.name, language, start] as const)))(
  "a start %s ends with its exit code and an error in the journal that says what to do, in %s",
  async (_, language, start) => {
    const { code, said, withoutPriority } = await startWrongly(start, language);
    expect(said).toMatch(start[language]);
    // The error is the first thing printed, and in plain words.
    expect(said).not.toContain("grpc-js");
    expect({ code, withoutPriority }).toEqual({ code: start.code, withoutPriority: [] });
  },
);
