import type { Ended, Guest } from "./emulator.ts";
import type { Debian } from "./image.ts";

/** The story, as somebody at the machine and in the chat would tell it. */
export interface Transcript {
  /** Begins a part. */
  part(title: string): void;
  /** Adds something that was not typed. */
  note(text: string): void;
  /**
   * Types a script, and adds it with its output. Rejects unless it exits with `code` (0). With `until`, types it until its output
   * matches, and adds it once: a step that usually takes seconds may take longer on a busy host.
   */
  type(script: string, expected?: { code?: number; until?: RegExp }): Promise<string>;
  /** Runs a script in the same way, but adds nothing. */
  see(script: string): Promise<string>;
  readonly text: string;
}

const MOST_TRIES = 20;

/** `write` gets each line at once. */
export function createTranscript(guest: Guest, { write }: { write: (line: string) => void }): Transcript {
  const lines: string[] = [];
  const add = (line: string) => {
    lines.push(line);
    write(line);
  };
  function checked(script: string, { code, said }: Ended, wanted = 0): string {
    if (code !== wanted) throw new Error(`${script}\nended with ${code} instead of ${wanted}:\n${said}`);
    return said;
  }
  return {
    part: (title) => add(`\n── ${title}`),
    note: (text) => add(`   ${text.replaceAll("\n", "\n   ")}`),
    async type(script, { code = 0, until } = {}) {
      for (const line of script.trim().split("\n")) add(`# ${line}`);
      let ended = await guest.run(script);
      for (let tries = 1; until?.test(ended.said) === false && tries < MOST_TRIES; tries++)
        ended = await guest.run(script);
      if (ended.said !== "") add(ended.said);
      if (ended.code !== 0) add(`(exit code ${ended.code})`);
      return checked(script, ended, code);
    },
    see: async (script) => checked(script, await guest.run(script)),
    get text() {
      return `${lines.join("\n").trim()}\n`;
    },
  };
}

const TITLES: Readonly<Record<Debian, string>> = { bookworm: "Debian 12", trixie: "Debian 13" };

/** The text above the stories. */
const PREFACE = `# A life on Debian

Made by \`npm run test:machine -- --transcript docs/machine.md\`: the commands that were typed on a Debian in an emulator,
with their output, and what was said in the chat. Telegram and the site with films are fakes at 25.0.0.2. The versions 99 exist only here.
`;

/** Returns a page of `docs` with the story on one Debian replaced; those on others stay. */
export function retold(page: string, story: { debian: Debian; text: string; playedAt: Date }): string {
  const { debian, text, playedAt } = story;
  const told = `## ${TITLES[debian]}\n\nOn ${playedAt.toISOString().slice(0, 10)}.\n\n\`\`\`\n${text}\`\`\`\n`;
  const others = page
    .split(/^(?=## Debian \d+$)/m)
    .filter((section) => /^## /.test(section) && !section.startsWith(`## ${TITLES[debian]}\n`));
  return [PREFACE, ...[...others.map((section) => `${section.trim()}\n`), told].sort()].join("\n");
}
