import { readdirSync, readFileSync } from "node:fs";
import { errorCode } from "../domain/error-code.ts";

/** For the rest of the program: files to write, calls to downloaders and to Telegram. */
const SPARED = 128;

/**
 * Answers whether so few file descriptors are left that the rest of the program will lack some; false if the system does not say.
 * Bun reports no connection before a complete request has come, so they cannot be counted (reliability.md §5.4).
 */
export function createShortageCheck(process = "/proc/self"): () => boolean {
  const most = mostDescriptors(`${process}/limits`);
  const spared = Math.min(SPARED, most / 4);
  return () => {
    try {
      return most - readdirSync(`${process}/fd`).length < spared;
    } catch (error) {
      // There is none left even for this.
      return errorCode(error) === "EMFILE";
    }
  };
}

function mostDescriptors(limits: string): number {
  try {
    const [, most] = /^Max open files\s+(\d+)/m.exec(readFileSync(limits, "utf8")) ?? [];
    return Number(most ?? Number.POSITIVE_INFINITY);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
