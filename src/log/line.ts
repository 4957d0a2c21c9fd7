import { inspect, stripVTControlCharacters, styleText } from "node:util";
import type { LogFields } from "../domain/log.ts";

export type LogLevel = "debug" | "info" | "warn" | "error";

/** One event, before it is rendered. */
export interface LogLine {
  /** Epoch ms. */
  readonly at: number;
  readonly level: LogLevel;
  /** Names of the parts, joined with colons; "" for none. */
  readonly tag: string;
  readonly message: string;
  readonly fields: LogFields;
}

/** sd-daemon(3): err, warning, info, debug. */
const priorities = { error: 3, warn: 4, info: 6, debug: 7 } as const;

/** For the journal: `<priority>` before every line, no colour, no time (the journal has its own). */
export function journalLine(line: LogLine, redact: (text: string) => string): string {
  const tag = line.tag === "" ? "" : `[${line.tag}] `;
  const stack = stackOf(line, redact);
  const text = plain(`${tag}${line.message}`) + tail({ ...line.fields, ...(stack !== undefined && { stack }) }, redact);
  return withPriority(line.level, text);
}

/** Text with the priority in front of each line, as the journal reads it (sd-daemon(3)). */
export function withPriority(level: LogLevel, text: string): string {
  return text
    .split("\n")
    .map((part) => `<${priorities[level]}>${part}\n`)
    .join("");
}

/** One JSON object with `time`, `level`, `tag`, `message`, `fields`, and an error's `stack`. */
export function jsonLine({ at, level, tag, message, fields }: LogLine, redact: (text: string) => string): string {
  const stack = stackOf({ level, fields }, redact);
  const rendered = present(fields).map(([key, value]) => [
    key,
    isScalar(value) && typeof value !== "string" ? value : describe(value, redact),
  ]);
  const time = new Date(at).toISOString();
  const words = redact(plain(message));
  return `${quoted({ time, level, tag, message: words, fields: Object.fromEntries(rendered), stack })}\n`;
}

/** For people who read a file or a container's log, which add no time of their own. */
export function plainLine(line: LogLine, redact: (text: string) => string): string {
  const tag = line.tag === "" ? "" : ` [${plain(line.tag)}]`;
  return `${new Date(line.at).toISOString()} [${line.level}]${tag} ${prettyText(line, redact)}\n`;
}

const badges = {
  debug: paint("gray", "⚙"),
  info: paint("cyan", "ℹ"),
  warn: paint(["bgYellow", "black"], " WARN "),
  error: paint(["bgRed", "black"], " ERROR "),
} as const;

/** For people at a terminal of this width: the tag and the time of day are at the right edge. */
export function colouredLine(line: LogLine, redact: (text: string) => string, columns: number): string {
  const [message = "", ...more] = prettyText(line, redact).split("\n");
  const left = `${badges[line.level]} ${message}`;
  const right = `${plain(line.tag)} ${new Date(line.at).toLocaleTimeString()}`.trimStart();
  const gap = Math.max(2, columns - Bun.stringWidth(left) - Bun.stringWidth(right));
  const first = left + " ".repeat(gap) + paint("gray", right);
  return `${[first, ...more].join("\n")}\n`;
}

/** The caller has already decided that there are colours, so styleText need not check. */
function paint(format: Parameters<typeof styleText>[0], text: string): string {
  return styleText(format, text, { validateStream: false });
}

/** The message, its fields, and an error's stack on separate lines. */
function prettyText(line: LogLine, redact: (text: string) => string): string {
  const stack = stackOf(line, redact);
  return redact(plain(line.message)) + tail(line.fields, redact) + (stack === undefined ? "" : `\n${stack}`);
}

/** ` key=value …`; quoted if it is more than a word, so that it stays on one line. */
function tail(fields: LogFields, redact: (text: string) => string): string {
  return present(fields)
    .map(([key, value]) => {
      const text = describe(value, redact);
      return ` ${key}=${/^[\w./:@%+*-]+$/.test(text) ? text : quoted(text)}`;
    })
    .join("");
}

function present(fields: LogFields): [string, unknown][] {
  return Object.entries(fields).filter(([, value]) => value !== undefined);
}

/** Redacts before quoting: escapes inside a secret would hide it from the sink. */
function describe(value: unknown, redact: (text: string) => string): string {
  if (value instanceof Error) return redact(errorText(value));
  return redact(isScalar(value) ? String(value) : inspect(value, { breakLength: Number.POSITIVE_INFINITY }));
}

function isScalar(value: unknown): value is string | number | boolean | null {
  return value === null || ["string", "number", "boolean"].includes(typeof value);
}

/** An error on one line, with its code and causes. */
function errorText(error: Error, depth = 0): string {
  const code =
    "code" in error && error.code !== undefined && !error.message.includes(String(error.code))
      ? ` (${error.code})`
      : "";
  const own = `${error.name}: ${error.message}${code}`;
  if (error.cause === undefined || depth > 4) return own;
  const cause = error.cause instanceof Error ? errorText(error.cause, depth + 1) : inspect(error.cause);
  return `${own} ← ${cause}`;
}

function stackOf(
  { level, fields }: Pick<LogLine, "level" | "fields">,
  redact: (text: string) => string,
): string | undefined {
  const error = level === "error" ? Object.values(fields).find((value) => value instanceof Error) : undefined;
  return error === undefined ? undefined : redact(plain(inspect(error)));
}

/** As JSON, also escaping characters that JSON allows but that affect a terminal or a reader of lines. */
function quoted(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\x7f-\x9f\u2028\u2029\p{Bidi_Control}]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Without colours and other control characters: text from elsewhere must not control the operator's terminal. */
function plain(text: string): string {
  return stripVTControlCharacters(text).replace(/[^\P{Cc}\n\t]|[\u2028\u2029\p{Bidi_Control}]/gu, "");
}
