import { bold, type FormattableString, format, InlineKeyboard, join } from "gramio";
import { formatInstant } from "../../domain/time.ts";
import type { Access, Member } from "../../service/access.ts";
import type { Preferences } from "../../service/preferences.ts";
import { userButton } from "../callback.ts";
import type { Content } from "../card.ts";
import type { Command } from "../command.ts";
import type { Conversation } from "../conversation.ts";
import type { Menu } from "../menu.ts";
import type { Speaker } from "../speaker.ts";
import { named } from "../texts/name.ts";
import { texts } from "../texts/texts.ts";
import type { Pressed, PressHandler } from "./press.ts";

const ENTRIES_PER_PAGE = 8;
const BUTTONS_PER_ROW = 4;
const DAY_MS = 86_400_000;

/** `/users`: who is let in, in pages; pressing a number opens that one, with what can be changed about it. */
export function createUsers(deps: {
  access: Access;
  preferences: Preferences;
  menu: Menu;
  speaker: Speaker;
  settings: { readonly timeZone: string };
  now: () => number;
}): { command: Command; press: PressHandler } {
  const { access, preferences, menu, speaker, settings, now } = deps;
  const inWords = (at: number, { language }: Pick<Conversation, "language">) =>
    formatInstant(at, { zone: settings.timeZone, language, now: now() });

  function entry(who: Conversation, { id, role, name, until, granted }: Member): FormattableString {
    const { users, role: roles } = who.texts.admin;
    const facts = [
      roles[role],
      ...(until === null ? [] : [users.until(inWords(until, who))]),
      granted === undefined
        ? users.fromConfig
        : users.since(inWords(granted.at, who), access.nameOf(granted.by) ?? String(granted.by)),
    ];
    return format`${name === undefined ? "" : `${named(name)} · `}${String(id)}\n${facts.join(" · ")}`;
  }

  function page(who: Conversation, wanted: number): Content {
    const { texts: words } = who;
    const members = access.members();
    const pages = Math.max(1, Math.ceil(members.length / ENTRIES_PER_PAGE));
    const at = Math.min(Math.max(wanted, 0), pages - 1);
    const offset = at * ENTRIES_PER_PAGE;
    const shown = members.slice(offset, offset + ENTRIES_PER_PAGE);
    const keyboard = new InlineKeyboard();
    for (const [index, { id }] of shown.entries()) {
      if (index > 0 && index % BUTTONS_PER_ROW === 0) keyboard.row();
      keyboard.text(String(offset + index + 1), userButton.pack({ action: "show", page: at, id }));
    }
    keyboard.row();
    if (at > 0) keyboard.text(words.button.previous, userButton.pack({ action: "page", page: at - 1 }));
    if (at < pages - 1) keyboard.text(words.button.next, userButton.pack({ action: "page", page: at + 1 }));
    const entries = join(shown, (member, index) => format`${offset + index + 1}. ${entry(who, member)}`, "\n");
    return { text: format`${bold(words.admin.users.title(members.length))}\n\n${entries}`, keyboard };
  }

  function one(who: Conversation, at: number, member: Member): Content {
    const { admin } = who.texts;
    const back = userButton.pack({ action: "page", page: at });
    const keyboard = new InlineKeyboard();
    const { id, role } = member;
    if (member.granted === undefined) {
      keyboard.text(admin.button.back, back);
      return { text: format`${entry(who, member)}\n\n${admin.users.fixed}`, keyboard };
    }
    for (const other of ["admin", "user"] as const) {
      const mark = other === role ? "✅ " : "";
      keyboard.text(`${mark}${admin.role[other]}`, userButton.pack({ action: other, page: at, id }));
    }
    const mark = role === "guest" ? "✅ " : "";
    const guest = `${mark}${admin.role.guest} ${admin.users.button.day}`;
    keyboard.text(guest, userButton.pack({ action: "day", page: at, id })).row();
    keyboard.text(admin.users.button.remove, userButton.pack({ action: "remove", page: at, id })).row();
    return { text: entry(who, member), keyboard: keyboard.text(admin.button.back, back) };
  }

  /** A guest who gets a day more gets it after the time that is left. */
  function change(who: Conversation, member: Member, action: "admin" | "user" | "day"): void {
    const { id } = member;
    const until = action === "day" ? Math.max(now(), member.until ?? 0) + DAY_MS : null;
    const role = action === "day" ? "guest" : action;
    access.grant({ id, name: member.name ?? String(id), role, until, by: who.userId ?? who.chatId });
    menu.update(id);
    if (role === member.role && until === null) return;
    const language = preferences.language(id);
    const { you } = texts[language].admin;
    const text = until === null ? you.in(role) : you.guest(inWords(until, { language }));
    speaker.notify({ chatId: id, threadId: null }, { text }, { stays: true });
  }

  return {
    command: {
      name: "users",
      roles: ["admin"],
      run: ({ who }) => speaker.answer(who, page(who, 0)),
    },
    press(who, press): Pressed | undefined {
      const unpacked = userButton.safeUnpack(press.data ?? "");
      if (!userButton.filter(press.data ?? "") || !unpacked.success || press.message === undefined) return undefined;
      if (who.actor.role !== "admin") return { text: who.texts.pressed.noAccess, alert: true };
      const { action, page: at, id } = unpacked.data;
      const { users } = who.texts.admin;
      const show = (content: Content) => speaker.edit(who.chatId, press.message?.message_id ?? 0, content);
      const member = access.member(id);
      if (action === "page" || member === undefined) {
        show(page(who, at || 0));
        return { text: action === "page" ? "" : users.gone };
      }
      if (action === "show") {
        show(one(who, at, member));
        return { text: "" };
      }
      if (member.granted === undefined) return { text: users.fixed, alert: true };
      if (action === "remove") {
        access.revoke(id);
        menu.update(id);
        show(page(who, at));
        return { text: who.texts.pressed.changed };
      }
      if (action === undefined) return { text: who.texts.pressed.outdated };
      change(who, member, action);
      show(one(who, at, access.member(id) ?? member));
      return { text: who.texts.pressed.changed };
    },
  };
}
