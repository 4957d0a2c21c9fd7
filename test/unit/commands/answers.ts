import type { Terminal } from "../../../src/commands/init/terminal.ts";

/** A run without a terminal, as in a script. */
export const NOBODY: Terminal = {
  isThere: false,
  write() {},
  ask: () => Promise.reject(new Error("nobody is there to ask")),
  askHidden: () => Promise.reject(new Error("nobody is there to ask")),
};

/** A person at a terminal who gives these answers in turn; `onAsk` is called with each question. */
export function somebody(answers: string[], onAsk: (question: string) => void = () => {}): Terminal & { said: string } {
  const answer = (question: string) => {
    onAsk(question);
    terminal.said += question;
    const next = answers.shift();
    return next === undefined
      ? Promise.reject(new Error(`Nobody knows an answer to ${question}`))
      : Promise.resolve(next);
  };
  const terminal = {
    isThere: true,
    said: "",
    write(text: string) {
      terminal.said += text;
    },
    ask: answer,
    askHidden: answer,
  };
  return terminal;
}
