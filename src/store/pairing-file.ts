import { closeSync, existsSync, fsyncSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import * as v from "valibot";
import type { BegunPairing, Pairing, Pairings } from "../domain/pairing.ts";
import { withSystemErrors } from "./instance-lock.ts";
import { makeOwnFolder, writeOwnFile } from "./own-file.ts";

const pairing = v.object({ salt: v.string(), digest: v.string(), madeAt: v.number() });

/** The pairing file for the database at this path: beside it, so that a command can begin a pairing while the bot runs. */
export function pairingFileOf(databasePath: string): string {
  return `${databasePath}.pairing`;
}

/**
 * The pairing in a file: a line of JSON, followed by a byte for each try. A try is written to the file that was read, so that a pairing
 * that begins at the same moment has all of its own.
 */
export function openPairingFile(path: string): Pairings {
  function read(file: number): BegunPairing | undefined {
    const text = readFileSync(file, "utf8");
    const [line = "", ...rest] = text.split("\n");
    const begun = parse(line);
    return begun && { ...begun, tries: rest.join("").length };
  }

  function withFile<T>(how: "r" | "a+", work: (file: number) => T): T | undefined {
    return withSystemErrors(() => {
      if (!existsSync(path)) return undefined;
      const file = openSync(path, how);
      try {
        return work(file);
      } finally {
        closeSync(file);
      }
    });
  }

  return {
    begun: () => withFile("r", read),
    noteTry: () =>
      withFile("a+", (file) => {
        const begun = read(file);
        if (begun === undefined) return undefined;
        writeSync(file, "x");
        fsyncSync(file);
        return { ...begun, tries: begun.tries + 1 };
      }),
    end: () => withSystemErrors(() => rmSync(path, { force: true })),
  };
}

/** Begins a pairing in place of the previous one. Throws `StoreUnavailable`; then the previous one still holds. */
export function writePairing(path: string, begun: Pairing): void {
  withSystemErrors(() => {
    makeOwnFolder(dirname(path));
    writeOwnFile(path, `${JSON.stringify(begun)}\n`);
  });
}

function parse(line: string): Pairing | undefined {
  try {
    const parsed = v.safeParse(pairing, JSON.parse(line));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
}
