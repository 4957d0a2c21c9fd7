/**
 * Named values that end a log line as `key=value`. An `Error` is rendered with its code and causes, at level `error` with
 * its stack too.
 */
export type LogFields = Readonly<Record<string, unknown>>;

/**
 * What a part needs to write for the operator. Redaction, levels and format are the sink's business. The same warning or error of the same
 * part is written once a minute at most (reliability.md §4.5), whatever its fields. So the message names what it is about, and what varies
 * between repetitions goes into the fields.
 */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** A log whose lines carry the part's name. */
  withTag(tag: string): Log;
}

/** Writes nothing: for callers that say everything themselves. */
export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {}, withTag: () => silentLog };
