import { createConsola, LogLevels } from "consola/core";
import type { Log, LogFields } from "../domain/log.ts";
import { captureConsole } from "./console-capture.ts";
import { colouredLine, journalLine, jsonLine, type LogLevel, type LogLine, plainLine, withPriority } from "./line.ts";
import { createRedactor } from "./redactor.ts";
import { createRepetition } from "./repetition.ts";

/** Where lines go: `process.stdout`, or anything that collects text. */
export interface LogStream {
  write(text: string): unknown;
  /** Writes the lines that were collected, in a stream that does so (`gatherLines`). */
  writeNow?(): void;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export interface LogOptions {
  readonly level: LogLevel;
  /** `auto`: pretty on a terminal, journal under systemd, otherwise pretty without colours. */
  readonly format: "auto" | "pretty" | "journal" | "json";
  /** Texts that must never be written: see `secretsOf`. */
  readonly secrets?: readonly string[];
  /** `JOURNAL_STREAM` and `NO_COLOR` are read. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: LogStream;
  /** Epoch ms. */
  readonly now: () => number;
}

/** The log from which the parts get their own with `withTag`. */
export interface RootLog extends Log {
  /** Takes over `console` and the process's warnings; returns the function that restores them. */
  captureConsole(): () => void;
}

/** A log on consola with one sink: each line is redacted after it is rendered, so no call site can leak a secret (reliability.md §5.1). */
export function createLog({ level, format, secrets = [], env, stdout, now }: LogOptions): RootLog {
  const redactor = createRedactor(secrets);
  const repetition = createRepetition(now);
  const render = rendererOf({ format, env, stdout, redact: redactor.redact });

  const log = createConsola({
    level: LogLevels[level],
    // `repetition` counts them instead.
    throttle: 0,
    reporters: [
      {
        log: (event) => {
          const [message, fields] = event.args as [string, LogFields | undefined];
          const kind = event.type as LogLevel;
          const mayRepeat = kind === "info" || kind === "debug";
          const heldBack = mayRepeat ? 0 : repetition(`${kind} ${event.tag} ${message}`);
          if (heldBack === undefined) return;
          const counted = { ...fields, ...(heldBack > 0 && { repeated: heldBack }) };
          const line = { at: now(), level: kind, tag: event.tag, message, fields: counted };
          stdout.write(redactor.redact(render(line)));
          // The trouble may be about to end the process, or to block it.
          if (!mayRepeat) stdout.writeNow?.();
        },
      },
    ],
  });
  return Object.assign(log, {
    captureConsole: () => captureConsole(log.withTag("console")),
  });
}

interface Rendering extends Pick<LogOptions, "format" | "env" | "stdout"> {
  readonly redact: (text: string) => string;
}

/** Returns the function that renders a line. */
function rendererOf({ format, env, stdout, redact }: Rendering): (line: LogLine) => string {
  const isTTY = stdout.isTTY === true;
  const isJournal = !isTTY && Boolean(env.JOURNAL_STREAM);
  if (format === "json") {
    // The journal removes the priority again, and without one `journalctl -p` finds nothing.
    return (line) => (isJournal ? withPriority(line.level, jsonLine(line, redact).trimEnd()) : jsonLine(line, redact));
  }
  if (format === "journal" || (format === "auto" && isJournal)) return (line) => journalLine(line, redact);
  if (isTTY && !env.NO_COLOR) return (line) => colouredLine(line, redact, stdout.columns ?? 0);
  return (line) => plainLine(line, redact);
}

/** The last message of a program that cannot go on, for standard error: with the priority of an error if systemd's journal reads it. */
export function lastWords(
  text: string,
  { env, stderr }: Pick<LogOptions, "env"> & { readonly stderr: LogStream },
): string {
  return stderr.isTTY !== true && env.JOURNAL_STREAM ? withPriority("error", text) : `${text}\n`;
}
