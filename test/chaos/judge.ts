import { type History, linksIn } from "./history.ts";

/** The promises of reliability.md §7 that a run has broken, and the cases that were reported instead. */
export interface Verdict {
  /** In words, each with the invariant's number; empty when everything holds. */
  readonly broken: readonly string[];
  readonly links: number;
  /** Links that two downloaders have, as the bot knows: it told one of them to remove the link, or will. */
  readonly doubledAndKnown: number;
  /** Messages whose id the bot lost in a crash (reliability.md §8). */
  readonly orphans: number;
}

/** How soon a run stores what it was told. A lock may block its loop for a second. */
const WRITTEN_WITHIN_MS = 1500;
/** The longest time for which a slow downloader or a silent network delays a call. */
const CARRIED_OUT_WITHIN_MS = 6000;
/** A delay of one turn of the rig's event loop stands for several turns of the bot's, with waits for the disk. */
const TURNS = 10;

/** Judges I1 to I5, I7 and I8, and that no message stays for ever; the rig itself checks I6. */
export function judge(history: History): Verdict {
  const links = [...new Set(history.sent.flatMap((message) => message.links))];
  const doubles = links.filter((link) => holdersOf(history, link).length > 1);
  const known = doubles.filter((link) => isKnownDouble(history, link));
  const leftOfBot = leftovers(history);
  const orphans = leftOfBot.filter(({ isOrphan }) => isOrphan);
  return {
    links: links.length,
    doubledAndKnown: known.length,
    orphans: orphans.length,
    broken: [
      ...lost(history),
      ...doubles
        .filter((link) => !known.includes(link))
        .map((link) => {
          return `I2: ${link} was downloaded by ${holdersOf(history, link).join(" and ")}, and the bot does not know`;
        }),
      ...takenTwice(history),
      ...comesBack(history),
      ...unrecorded(history),
      ...history.rows.links.map(({ id, state, url }) => `I3: link ${id} (${url}) stays ${state}`),
      ...deletedTooSoon(history),
      ...leftOfPeople(history),
      ...leftOfBot
        .filter(({ isOrphan }) => !isOrphan)
        .map(({ chatId, id, text }) => `I4: the bot's message ${id} stays in ${chatId}: ${text.split("\n")[0]}`),
      ...leaked(history),
      ...(JSON.stringify(history.quickCheck) === '[{"quick_check":"ok"}]'
        ? []
        : [`I7: ${JSON.stringify(history.quickCheck)}`]),
      ...wrongEnds(history),
    ],
  };
}

function holdersOf({ downloaders }: History, link: string): string[] {
  return downloaders.filter(({ accepted }) => accepted.includes(link)).map(({ name }) => name);
}

/** All but one were told to remove it, or are on record for that. */
function isKnownDouble(history: History, link: string): boolean {
  const key = link.replace("https://", "");
  const unknown = history.downloaders.filter(
    ({ name, accepted, dropped }) =>
      accepted.includes(link) &&
      !dropped.has(link) &&
      !history.rows.strays.some((stray) => stray.key === key && stray.downloader === name),
  );
  return unknown.length <= 1;
}

/** A downloader does not accept a link twice, so it was asked to remove it in between. */
function takenTwice({ downloaders }: History): string[] {
  return downloaders.flatMap(({ name, accepted, dropped }) =>
    [...new Set(accepted)]
      .filter((link) => !dropped.has(link) && accepted.indexOf(link) !== accepted.lastIndexOf(link))
      .map((link) => `I2: ${link} was downloaded by ${name} more than once`),
  );
}

/** A link that its owner has removed, and nobody else wants, may still be accepted for some seconds because of an earlier call. */
function comesBack({ removals, acceptances, sent, undone, lateMs }: History): string[] {
  const withinMs = CARRIED_OUT_WITHIN_MS + TURNS * lateMs;
  return removals.flatMap(({ chatId, link, pressedAt, answeredAt }) => {
    const isWanted =
      sent.some((one) => one.links.includes(link) && (one.chatId !== chatId || one.at >= pressedAt)) ||
      undone.some((one) => one.chatId === chatId && one.link === link && one.at >= pressedAt);
    const isBack = acceptances.some((one) => one.link === link && one.at > answeredAt + withinMs);
    return isBack && !isWanted ? [`I2: ${link} was removed by ${chatId} and accepted afterwards`] : [];
  });
}

function lost(history: History): string[] {
  const wanted = history.sent.flatMap(({ chatId, links }) => links.map((link) => ({ chatId, link })));
  return wanted
    .filter(({ chatId, link }) => !history.removed.has(`${chatId} ${link}`) && holdersOf(history, link).length === 0)
    .map(({ chatId, link }) => `I1: ${link} of ${chatId} was lost`);
}

/** Each download for a chat must be a delivery of that chat, at a downloader that has it. */
function unrecorded(history: History): string[] {
  const { rows, removed } = history;
  const fresh = history.sent.flatMap((message) => message.fresh.map((link) => ({ chatId: message.chatId, link })));
  return fresh.flatMap(({ chatId, link }) => {
    if (removed.has(`${chatId} ${link}`)) return [];
    const deliveries = rows.deliveries.filter((row) => row.chat_id === chatId && row.url === link);
    if (deliveries.length === 0) return [`I1: no delivery of ${link} for ${chatId} is recorded`];
    const wrong = deliveries.find(({ downloader }) => !holdersOf(history, link).includes(String(downloader)));
    return wrong === undefined ? [] : [`I2: ${link} is recorded at ${wrong.downloader}, which never had it`];
  });
}

function deletedTooSoon(history: History): string[] {
  return history.sent.flatMap(({ chatId, messageId, fresh }) => {
    const deletion = history.deleted.find((one) => one.chatId === chatId && one.messageId === messageId);
    if (deletion === undefined) return [];
    return fresh
      .filter((link) => !history.removed.has(`${chatId} ${link}`))
      .filter((link) => (history.acceptedAt.get(link) ?? Number.POSITIVE_INFINITY) > deletion.at)
      .filter((link) => !hasAnother(history, { chatId, messageId, link, at: deletion.at }))
      .map((link) => `I4: message ${messageId} of ${chatId} was deleted before ${link} was accepted`);
  });
}

/** If several messages of a chat contain the same link, the queue remembers one, which stays until the link is sent. */
function hasAnother(
  history: History,
  { chatId, messageId, link, at }: { chatId: number; messageId: number; link: string; at: number },
): boolean {
  const isGone = (id: number) =>
    history.deleted.some((one) => one.chatId === chatId && one.messageId === id && one.at <= at);
  return history.sent.some(
    (other) =>
      other.chatId === chatId &&
      other.messageId !== messageId &&
      other.at <= at &&
      other.links.includes(link) &&
      !isGone(other.messageId),
  );
}

function isPlanned({ rows }: History, chatId: number, messageId: number): boolean {
  return rows.deletions.some((row) => row.chat_id === chatId && row.message_id === messageId);
}

/** The message that shows what is in work there, and is deleted together with that. */
function isOfWork({ rows }: History, chatId: number, messageId: number): boolean {
  return rows.workMessages.some((row) => row.chat_id === chatId && row.message_id === messageId);
}

/** A second message with a link that the chat has already sent may stay (reliability.md §8). */
function leftOfPeople(history: History): string[] {
  const isLeft = (chatId: number, messageId: number) => history.left.get(chatId)?.some(({ id }) => id === messageId);
  return history.sent
    .filter(({ links, fresh }) => fresh.length === links.length)
    .filter(({ chatId, messageId }) => isLeft(chatId, messageId) && !isPlanned(history, chatId, messageId))
    .map(({ chatId, messageId, links }) => `I4: message ${messageId} of ${chatId} stays: ${links.join(" ")}`);
}

function leftovers(history: History): { chatId: number; id: number; text: string; isOrphan: boolean }[] {
  return [...history.left].flatMap(([chatId, messages]) =>
    messages
      .filter(({ byBot, id }) => byBot && !isPlanned(history, chatId, id) && !isOfWork(history, chatId, id))
      .filter(({ buttons }) => !buttons.flat().some(({ text }) => text === "OK"))
      .map(({ id, text }) => ({ chatId, id, text, isOrphan: isOrphan(history, `${chatId} ${id}`) })),
  );
}

/** Its id never reached the bot, or reached a run that ended before it could be written down. */
function isOrphan({ learnt, lives, locks, lateMs }: History, message: string): boolean {
  const at = learnt.get(message);
  if (at === undefined) return true;
  const withinMs = WRITTEN_WITHIN_MS + TURNS * lateMs;
  return lives.some((life) => {
    const kept = life.by === "SIGKILL" ? life.toldAt - withinMs : life.at;
    const lock = locks.find(({ from, until }) => from <= life.at && until >= kept);
    const from = lock === undefined ? kept : Math.min(kept, lock.from - withinMs);
    return at >= from && at <= life.at;
  });
}

function leaked({ sent, written }: History): string[] {
  const own = new Map<number, Set<string>>();
  for (const { chatId, links } of sent) own.set(chatId, new Set([...(own.get(chatId) ?? []), ...links]));
  return written.flatMap(({ chatId, text }) =>
    linksOfOthers(text, own.get(chatId)).map((link) => `I5: ${chatId} was shown ${link}, which it never sent`),
  );
}

function linksOfOthers(text: string, own: ReadonlySet<string> = new Set()): string[] {
  return linksIn(text).filter((link) => !own.has(link));
}

function wrongEnds({ lives }: History): string[] {
  return lives
    .filter(({ by, code, wasReady }) => {
      if (by === undefined) return true;
      if (by === "SIGKILL") return code !== 137;
      // Before it listens for signals, the default action of SIGTERM applies.
      return code !== 0 && !(code === 143 && !wasReady);
    })
    .map(({ by, code, output }) => `I8: ${code} after ${by ?? "nothing"}: ${output.trim().split("\n").at(-1)}`);
}
