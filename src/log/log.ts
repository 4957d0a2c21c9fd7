import { createConsola, LogLevels, type LogObject } from "consola";
import type { Log, LogFields } from "../domain/log.ts";
import { captureConsole } from "./console-capture.ts";
import { journalLine, jsonLine, type LogLevel, type LogLine, prettyText } from "./line.ts";
import { createRedactor } from "./redactor.ts";
import { createRepetition } from "./repetition.ts";

/** Where lines go: `process.stdout`, or whatever collects text. */
export interface LogStream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export interface LogOptions {
  readonly level: LogLevel;
  /** `auto`: pretty on a terminal, else journal under systemd, else pretty without colours. */
  readonly format: "auto" | "pretty" | "journal" | "json";
  /** Texts that must never be written: see `secretsOf`. */
  readonly secrets?: readonly string[];
  /** `JOURNAL_STREAM` and `NO_COLOR` are looked at. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: LogStream;
  /** Epoch ms. */
  readonly now: () => number;
}

/** The log that the parts get theirs from with `withTag`. */
export interface RootLog extends Log {
  addSecrets(secrets: readonly string[]): void;
  /** Takes over `console` and the process's warnings; returns the function that gives them back. */
  captureConsole(): () => void;
}

/**
 * A log on consola with one sink: each line is redacted as rendered, so no call site can leak a secret (reliability.md §5.1).
 */
export function createLog({ level, format, secrets = [], env, stdout, now }: LogOptions): RootLog {
  const redactor = createRedactor(secrets);
  const repetition = createRepetition(now);
  const sink = {
    write: (text: string) => stdout.write(redactor.redact(text)),
    get columns() {
      return stdout.columns ?? 0;
    },
  };
  const write = reporterOf({ format, env, isTTY: stdout.isTTY === true, sink, redact: redactor.redact });

  const log = createConsola({
    level: LogLevels[level],
    // Repetitions are ours to count.
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
          write({ at: now(), level: kind, tag: event.tag, message, fields: counted }, event);
        },
      },
    ],
  });
  return Object.assign(log, {
    addSecrets: redactor.add,
    captureConsole: () => captureConsole(log.withTag("console")),
  });
}

type Write = (line: LogLine, event: LogObject) => void;

interface Rendering extends Pick<LogOptions, "format" | "env"> {
  readonly isTTY: boolean;
  readonly sink: { write(text: string): unknown; readonly columns: number };
  readonly redact: (text: string) => string;
}

function reporterOf({ format, env, isTTY, sink, redact }: Rendering): Write {
  if (format === "json") return (line) => sink.write(jsonLine(line, redact));
  if (format === "journal" || (format === "auto" && !isTTY && env.JOURNAL_STREAM)) {
    return (line) => sink.write(journalLine(line, redact));
  }
  // Nobody else says when: a file or a container's log has no clock of its own. In colours consola says it.
  let time = "";
  // Consola draws on anything that can write, though its types ask for a terminal's stream.
  const stream = { ...sink, write: (text: string) => sink.write(time + text) } as unknown as NodeJS.WriteStream;
  const fancy = isTTY && !env.NO_COLOR;
  const looks = { fancy, stdout: stream, stderr: stream };
  const { options } = createConsola(looks);
  return (line, event) => {
    time = fancy ? "" : `${new Date(line.at).toISOString()} `;
    for (const reporter of options.reporters) reporter.log({ ...event, args: [prettyText(line, redact)] }, { options });
  };
}
