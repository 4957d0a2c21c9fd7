import type { LogStream } from "./log.ts";

/** A stream for lines that may be written a moment later. Disposing it writes them, before what is said past it. */
export interface GatheredLines extends LogStream, Disposable {
  /** Call it before the process ends, too. */
  writeNow(): void;
}

/**
 * Writes what comes in one turn of the event loop with one call at its end: each call is one of the system, and wakes whoever reads the
 * log. `later` runs at the end of the turn.
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
