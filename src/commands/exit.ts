/**
 * Exit codes (rules.md §4; the numbers are those of sysexits.h). `notNow` is worth another try later, for example if another instance is
 * running.
 */
export const EXIT = { stopped: 0, usage: 64, bug: 70, notNow: 75, config: 78 } as const;

export type Exit = (typeof EXIT)[keyof typeof EXIT];

const MAY_PASS =
  /^(SQLITE_(BUSY|LOCKED|FULL|IOERR|NOMEM|PROTOCOL)\w*|ENOSPC|EDQUOT|EIO|EADDRINUSE|EADDRNOTAVAIL|EAI_AGAIN|ENOTFOUND|EMFILE|ENFILE|ENOMEM|ENOBUFS)$/;

/**
 * The exit for an error code of the system or of SQLite. Trouble that passes without a change of the config is `notNow`, because systemd
 * tries again after any code but 78: the program that has the port goes, the address of a tunnel or a name server comes after the bot, a
 * full disk has room again.
 */
export function exitFor(code: string): Exit {
  return MAY_PASS.test(code) ? EXIT.notNow : EXIT.config;
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
