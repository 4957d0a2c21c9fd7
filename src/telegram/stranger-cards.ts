import { InlineKeyboard } from "gramio";
import type { Language } from "../domain/chat.ts";
import type { Log } from "../domain/log.ts";
import { DELETABLE_MS } from "../domain/message.ts";
import type { Stranger, StrangerCard } from "../domain/role.ts";
import { type Store, unlessUnavailable } from "../domain/storage.ts";
import { formatInstant } from "../domain/time.ts";
import type { Access } from "../service/access.ts";
import type { Preferences } from "../service/preferences.ts";
import { pressOn, strangerButton } from "./callback.ts";
import { type Content, contentParams } from "./content.ts";
import type { Pressed, PressHandler } from "./handlers/press.ts";
import { knownAs } from "./known-as.ts";
import type { Menu } from "./menu.ts";
import type { Messenger } from "./messenger.ts";
import type { Speaker } from "./speaker.ts";
import { texts } from "./texts/texts.ts";

/** The admins' cards about people and groups that want to be let in. */
export interface StrangerCards {
  /** Shows every admin a card, unless there is one, somebody said no, or there were too many lately. Never throws. */
  ask(stranger: { id: number; name: string; language: Language }): void;
  /** Brings the cards about somebody in line with what was decided elsewhere. Never throws. */
  refresh(id: number): void;
  /** Forgets whom nobody let in for long. Never throws. */
  forget(): void;
  readonly press: PressHandler;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const REFUSED_MS = 30 * DAY_MS;
const MOST_CARDS_AN_HOUR = 10;

export function createStrangerCards(deps: {
  store: Store;
  access: Access;
  preferences: Preferences;
  messenger: Messenger;
  speaker: Speaker;
  menu: Menu;
  settings: { readonly timeZone: string; readonly lifetimes: { readonly notices: number } };
  now: () => number;
  log: Log;
}): StrangerCards {
  const { store, access, preferences, messenger, speaker, menu, settings, now, log } = deps;
  const inWords = (at: number, language: Language) =>
    formatInstant(at, { zone: settings.timeZone, language, now: now() });
  const isRefused = ({ refusedUntil }: Stranger) => refusedUntil !== null && refusedUntil > now();
  /** A crash or a broken network may have kept every card from being sent; one that cannot be deleted any more makes room. */
  const isOpen = ({ askedAt, cards }: Stranger) =>
    now() - askedAt < (cards.length > 0 ? DELETABLE_MS : HOUR_MS) && now() >= askedAt;

  function card(id: number, chatId: number): Content {
    const language = preferences.language(chatId);
    const { stranger: words } = texts[language].admin;
    const stranger = store.strangers.byId(id);
    const member = access.member(id);
    const name = member?.name ?? stranger?.name ?? String(id);
    const by = (admin: number | null | undefined) => (admin ? (access.nameOf(admin) ?? String(admin)) : "");
    if (member?.until) return { text: words.guest(name, id, by(member.granted?.by), inWords(member.until, language)) };
    if (member) return { text: words.letIn(name, id, by(member.granted?.by)) };
    if (stranger && isRefused(stranger)) return { text: words.refused(name, id, by(stranger.refusedBy)) };
    const keyboard = new InlineKeyboard();
    for (const action of ["in", "day", "no"] as const)
      keyboard.text(words.button[action], strangerButton.pack({ action, id }));
    return { text: words.asks(name, id), keyboard };
  }

  async function show(id: number, admin: number): Promise<void> {
    const content = card(id, admin);
    const sent = await messenger.send(admin, { priority: "notice" }, (api) =>
      api.sendMessage({ chat_id: admin, ...contentParams(content) }),
    );
    if (!sent.ok || sent.value === undefined) return;
    const shown = { chatId: admin, messageId: sent.value.message_id };
    store.deletions.add({ ...shown, deleteAt: now() + DELETABLE_MS });
    const stranger = store.strangers.byId(id);
    if (stranger && !isRefused(stranger)) store.strangers.save({ ...stranger, cards: [...stranger.cards, shown] });
    else settle(id, [shown]);
  }

  /** Says on the cards what was decided; then they go as other notices do. */
  function settle(id: number, cards: readonly StrangerCard[]): void {
    for (const { chatId, messageId } of cards) {
      speaker.edit(chatId, messageId, card(id, chatId));
      const afterMs = preferences.lifetimeMs(chatId, settings.lifetimes.notices);
      if (afterMs !== undefined) store.deletions.add({ chatId, messageId, deleteAt: now() + afterMs });
    }
  }

  function refresh(id: number): void {
    const cards = store.strangers.byId(id)?.cards ?? [];
    store.strangers.remove(id);
    settle(id, cards);
  }

  function quietly(work: () => void): void {
    unlessUnavailable(work, ({ code }) => log.warn("Cannot use what is kept about strangers now", { code }));
  }

  function letIn(id: number, of: { name: string; until: number | null; by: number }): void {
    const { until } = of;
    access.grant({ id, ...of, role: until === null ? "user" : "guest" });
    refresh(id);
    menu.update(id);
    const language = preferences.language(id);
    const { you } = texts[language].admin;
    const text = until === null ? you.in("user") : you.guest(inWords(until, language));
    speaker.notify({ chatId: id, threadId: null }, { text }, { stays: true });
  }

  function turnDown(id: number, of: { name: string; by: number }): void {
    const asked = store.strangers.byId(id) ?? { id, name: of.name, askedAt: now(), cards: [] };
    store.strangers.save({ ...asked, cards: [], refusedUntil: now() + REFUSED_MS, refusedBy: of.by });
    settle(id, asked.cards);
    const { you } = texts[preferences.language(id)].admin;
    speaker.notify({ chatId: id, threadId: null }, { text: you.refused }, { stays: true });
  }

  function decide(action: "in" | "day" | "no", id: number, by: number): boolean {
    const stranger = store.strangers.byId(id);
    if (access.member(id) !== undefined || (stranger && isRefused(stranger))) return false;
    const name = stranger?.name ?? String(id);
    if (action === "no") turnDown(id, { name, by });
    else letIn(id, { name, until: action === "day" ? now() + DAY_MS : null, by });
    return true;
  }

  return {
    ask: ({ id, name, language }) =>
      quietly(() => {
        const known = store.strangers.byId(id);
        if (known !== undefined && (isRefused(known) || isOpen(known))) return;
        if (store.strangers.askedSince(now() - HOUR_MS) >= MOST_CARDS_AN_HOUR) {
          log.warn("Too many strangers: the admins are not asked about all of them", { id });
          return;
        }
        store.strangers.save({ id, name, askedAt: now(), cards: [], refusedUntil: null, refusedBy: null });
        preferences.saw(id, language);
        for (const admin of access.admins)
          void show(id, admin).catch((error) => log.warn("Cannot show an admin a card", { error }));
      }),
    refresh: (id) => quietly(() => refresh(id)),
    forget: () => quietly(() => store.strangers.forgetAskedBefore(now() - REFUSED_MS, now())),
    press(who, press): Pressed | undefined {
      const carried = pressOn(strangerButton, press);
      if (carried === undefined) return undefined;
      const { action, id } = carried;
      if (who.actor.role !== "admin") return { text: who.texts.pressed.noAccess, alert: true };
      if (!Number.isSafeInteger(id) || action === undefined) return { text: who.texts.pressed.outdated };
      access.saw(press.from.id, knownAs(press.from));
      const isNew = decide(action, id, press.from.id);
      if (press.message !== undefined) settle(id, [{ chatId: who.chatId, messageId: press.message.message_id }]);
      return { text: isNew ? who.texts.pressed.changed : who.texts.admin.stranger.decided };
    },
  };
}
