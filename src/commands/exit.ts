/**
 * Exit codes (rules.md §4; the numbers are those of sysexits.h). `notNow` is worth another try later, as when another
 * instance runs.
 */
export const EXIT = { stopped: 0, usage: 64, bug: 70, notNow: 75, config: 78 } as const;

export type Exit = (typeof EXIT)[keyof typeof EXIT];

/** Ends the process with a code and a sentence that says what to do. */
export class ExitWith extends Error {
  override readonly name = "ExitWith";
  readonly code: Exit;

  constructor(code: Exit, sentence: string) {
    super(sentence);
    this.code = code;
  }
}
