/** What an operator wants to see at a glance. */
export interface Situation {
  /** Links in the queue; undefined if the database cannot be read. */
  readonly waiting: number | undefined;
  readonly downloaders: readonly { readonly failures: number }[];
  readonly telegram: {
    /** `polling` if all is well, otherwise what is wrong. */
    readonly state: string;
    /** Epoch ms of the latest answer; undefined before the first. */
    readonly lastSuccessAt: number | undefined;
  };
}

/** The line that `systemctl status` shows (sd_notify(3): `STATUS=`). */
export function statusLine({ waiting, downloaders, telegram }: Situation): string {
  const answering = downloaders.filter(({ failures }) => failures === 0).length;
  return [
    waiting === undefined ? "The database cannot be used" : `${waiting} in the queue`,
    downloaders.length === 0 ? "no downloaders yet" : `${answering} of ${downloaders.length} downloaders answer`,
    telegramNow(telegram),
  ].join(", ");
}

function telegramNow({ state, lastSuccessAt }: Situation["telegram"]): string {
  if (state === "polling") return "Telegram ok";
  if (lastSuccessAt === undefined) return `Telegram ${state}, no answer yet`;
  return `Telegram ${state}, last answer ${new Date(lastSuccessAt).toISOString().slice(0, 16)}Z`;
}
