import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import type { CommandWords } from "../../words/words.ts";
import { EXIT, ExitWith } from "../exit.ts";

/** The person at the terminal. */
export interface Terminal {
  /** False for a script: then nobody can be asked. */
  readonly isThere: boolean;
  write(text: string): void;
  ask(question: string): Promise<string>;
  /** The same, without showing what is typed. */
  askHidden(question: string): Promise<string>;
}

/** The process's own terminal. If the input ends during a question, that is an `ExitWith`; Ctrl-C ends the process at once. */
export function createTerminal(
  input: NodeJS.ReadStream,
  output: NodeJS.WriteStream,
  words: CommandWords["init"],
): Terminal {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });

  async function ask(question: string, echo: NodeJS.WritableStream): Promise<string> {
    // It switches off the terminal's own echo, so the question comes after it.
    const reader = createInterface({ input, output: echo, terminal: true });
    const ended = new Promise<never>((_, reject) => {
      reader.once("close", () => reject(new ExitWith(EXIT.usage, words.ended)));
    });
    reader.once("SIGINT", () => {
      reader.close();
      output.write(`\n${words.nothingWritten}\n`);
      process.kill(process.pid, "SIGINT");
    });
    try {
      if (echo !== output) output.write(question);
      return (await Promise.race([reader.question(echo === output ? question : ""), ended])).trim();
    } finally {
      reader.close();
      if (echo !== output) output.write("\n");
    }
  }

  return {
    isThere: input.isTTY === true && output.isTTY === true,
    write: (text) => void output.write(text),
    ask: (question) => ask(question, output),
    askHidden: (question) => ask(question, nowhere),
  };
}
