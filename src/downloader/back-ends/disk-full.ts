/** Linux, and Windows in the languages of those who run this. */
const WORDS = /No space left on device|Disk quota exceeded|not enough space on the disk|Недостаточно места на диске/;

/** Whether a program's words for a failure are those of its system for a full disk. */
export function saysDiskFull(words: string): boolean {
  return WORDS.test(words);
}
