import { type FormattableString, format } from "gramio";
import { named } from "../../domain/text.ts";
import { formatInstant } from "../../domain/time.ts";
import type { Access, Member } from "../../service/access/access.ts";
import type { Preferences } from "../../service/chats/preferences.ts";
import type { RunCommand } from "../context/command.ts";
import type { Conversation } from "../context/context.ts";
import { texts } from "../locales/locales.ts";
import type { Menu } from "../notify/command-menu.ts";
import type { Content } from "../outbox/content.ts";
import type { Speaker } from "../outbox/replies.ts";
import { pressOn, userButton } from "../views/callback-data.ts";
import { keyboardOf } from "../views/keyboard.ts";
import { cutPage, numberedPage } from "../views/pagination.ts";
import type { Pressed, PressHandler } from "./prompt.ts";

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
}): { command: RunCommand; press: PressHandler } {
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
    const members = access.members();
    const cut = cutPage(members, { wanted, size: ENTRIES_PER_PAGE });
    const shown = cut.shown.map((member) => ({
      text: entry(who, member),
      press: userButton.pack({ action: "show", page: cut.page, id: member.id }),
    }));
    return numberedPage(
      { ...cut, shown },
      {
        title: who.texts.admin.users.title(members.length),
        gap: "\n",
        width: BUTTONS_PER_ROW,
        press: (page) => userButton.pack({ action: "page", page }),
        texts: who.texts,
      },
    );
  }

  function one(who: Conversation, at: number, member: Member): Content {
    const { admin } = who.texts;
    const back = { choices: [{ label: admin.button.back, press: userButton.pack({ action: "page", page: at }) }] };
    if (member.granted === undefined) {
      return { text: format`${entry(who, member)}\n\n${admin.users.fixed}`, keyboard: keyboardOf([back]) };
    }
    const { id, role } = member;
    const press = (action: "admin" | "user" | "day" | "remove") => userButton.pack({ action, page: at, id });
    const roles = [
      { label: admin.role.admin, press: press("admin"), chosen: role === "admin" },
      { label: admin.role.user, press: press("user"), chosen: role === "user" },
      { label: `${admin.role.guest} ${admin.users.button.day}`, press: press("day"), chosen: role === "guest" },
    ];
    const remove = { label: admin.users.button.remove, press: press("remove") };
    return { text: entry(who, member), keyboard: keyboardOf([{ choices: roles }, { choices: [remove] }, back]) };
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
    command: ({ who }) => speaker.answer(who, page(who, 0)),
    press(who, press): Pressed | undefined {
      const carried = pressOn(userButton, press);
      if (carried === undefined || press.message === undefined) return undefined;
      if (who.actor.role !== "admin") return { text: who.texts.pressed.noAccess, alert: true };
      const { action, page: at, id } = carried;
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
