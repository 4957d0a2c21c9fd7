import type { Log, LogFields } from "../../src/domain/log.ts";

/** A recorded line. */
export interface Line {
  readonly level: "debug" | "info" | "warn" | "error";
  readonly message: string;
  readonly fields: LogFields | undefined;
}

/** A log that records its lines. */
export function createRecordingLog(): Log & { readonly lines: Line[]; at(level: Line["level"]): string[] } {
  const lines: Line[] = [];
  const writer = (level: Line["level"]) => (message: string, fields?: LogFields) => {
    lines.push({ level, message, fields });
  };
  const log = {
    debug: writer("debug"),
    info: writer("info"),
    warn: writer("warn"),
    error: writer("error"),
    withTag: () => log,
    lines,
    at: (level: Line["level"]) => lines.filter((line) => line.level === level).map((line) => line.message),
  };
  return log;
}
