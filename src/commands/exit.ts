/**
 * Exit codes (rules.md §4; the numbers are those of sysexits.h). `notNow` is worth another try later, as when another
 * instance runs.
 */
export const EXIT = { stopped: 0, usage: 64, bug: 70, notNow: 75, config: 78 } as const;

export type Exit = (typeof EXIT)[keyof typeof EXIT];

const MAY_PASS = /SQLITE_(BUSY|LOCKED|FULL|IOERR|NOMEM|PROTOCOL)|ENOSPC|EADDRNOTAVAIL|EAI_AGAIN/;

/**
 * The code for what is wrong outside the program. What gets right without a change of the config is `notNow`, since systemd tries
 * again after any code but 78: the address of a tunnel or a name server comes after the bot, a full disk has room again.
 */
export function exitFor(sentence: string): Exit {
  return MAY_PASS.test(sentence) ? EXIT.notNow : EXIT.config;
}

/** Ends the process with a code and a sentence that says what to do. */
export class ExitWith extends Error {
  override readonly name = "ExitWith";
  readonly code: Exit;

  constructor(code: Exit, sentence: string) {
    super(sentence);
    this.code = code;
  }
}
