import type { LogStream } from "./log.ts";

/** A stream whose lines may be written a moment later. Disposing it writes them, so that they come before what is printed without it. */
export interface GatheredLines extends LogStream, Disposable {
  /** Must also be called before the process ends. */
  writeNow(): void;
}

/**
 * Collects the lines of one turn of the event loop and writes them with one call at its end: each call is a system call and wakes whoever
 * reads the log. `later` runs work at the end of the turn.
 */
export function gatherLines(stream: LogStream, later: (work: () => void) => unknown = setImmediate): GatheredLines {
  let lines = "";

  function writeNow(): void {
    const text = lines;
    lines = "";
    if (text !== "") stream.write(text);
  }

  return {
    write(text) {
      if (lines === "") later(writeNow);
      lines += text;
    },
    writeNow,
    [Symbol.dispose]: writeNow,
    get isTTY() {
      return stream.isTTY === true;
    },
    get columns() {
      return stream.columns ?? 0;
    },
  };
}
