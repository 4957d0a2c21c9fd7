import type { LiveMessage } from "../support/bot-api/message.ts";

/** Who a line comes from. */
export type Voice = "you" | "chat" | "queue" | "bot" | "downloader";

const COLOURS: Record<Voice, number> = { you: 33, chat: 36, queue: 35, bot: 34, downloader: 32 };
const BOLD = 1;
const RED = 31;
const GREY = 90;

/** The terminal; everything shown has already happened. */
export interface Screen {
  title(text: string): void;
  /** The heading of the next part. */
  act(text: string): void;
  /** One event, with the seconds since the start. */
  line(voice: Voice, text: string): void;
  /** The fields of a row or a call, one per line. */
  fields(of: Readonly<Record<string, unknown>>): void;
  /** A message as it is shown in the chat, with its keyboard. */
  message(message: LiveMessage): void;
  failed(why: string): void;
}

/** Colours only on a terminal that wants them (https://no-color.org). */
export function createScreen(
  stdout: { write(text: string): unknown; readonly isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>>,
): Screen {
  const hasColours = stdout.isTTY === true && !env.NO_COLOR && env.TERM !== "dumb";
  const paint = (code: number, text: string) => (hasColours ? `\x1b[${code}m${text}\x1b[0m` : text);
  const print = (text: string) => void stdout.write(`${text}\n`);
  const startedAt = performance.now();
  const indent = " ".repeat(20);
  return {
    title: (text) => print(`\n${paint(BOLD, text)}`),
    act: (text) => print(`\n${paint(BOLD, `── ${text} `.padEnd(78, "─"))}`),
    line(voice, text) {
      const seconds = `${((performance.now() - startedAt) / 1000).toFixed(2)}s`.padStart(6);
      print(`${paint(GREY, seconds)}  ${paint(COLOURS[voice], voice.padEnd(10))}  ${text}`);
    },
    fields(of) {
      const width = Math.max(...Object.keys(of).map((key) => key.length));
      for (const [key, value] of Object.entries(of)) print(`${indent}${paint(GREY, key.padEnd(width))}  ${value}`);
    },
    message({ text, buttons }) {
      const keyboard = buttons.map((row) => row.map((button) => `[ ${button.text} ]`).join(" "));
      const lines = [...text.split("\n"), ...(keyboard.length > 0 ? ["", ...keyboard] : [])];
      // No right edge, because terminals disagree about the width of an emoji.
      const edge = "─".repeat(Math.max(...lines.map((line) => line.length)));
      print([`╭─${edge}`, ...lines.map((line) => `│ ${line}`), `╰─${edge}`].map((line) => indent + line).join("\n"));
    },
    failed: (why) => print(`\n${paint(RED, "The demo went wrong:")} ${why}`),
  };
}
