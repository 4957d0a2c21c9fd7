import { type FormattableString, format } from "gramio";
import type { Calendar } from "../../domain/calendar.ts";
import { named } from "../../domain/text.ts";
import type { Access, Member } from "../../service/access/access.ts";
import type { Preferences } from "../../service/chats/preferences.ts";
import type { ButtonHandler, ButtonReply } from "../context/button-press.ts";
import type { ChatContext } from "../context/chat-context.ts";
import type { RunCommand } from "../context/command.ts";
import type { Content } from "../context/content.ts";
import type { Replies } from "../context/replies.ts";
import { texts } from "../locales/locales.ts";
import type { CommandMenu } from "../notify/command-menu.ts";
import { readButton, userButton } from "../views/callback-data.ts";
import { keyboardOf } from "../views/keyboard.ts";
import { cutPage, numberedPage } from "../views/pagination.ts";

const ENTRIES_PER_PAGE = 8;
const BUTTONS_PER_ROW = 4;

/** `/users`: who is let in, in pages; pressing a number opens that one, with what can be changed about it. */
export function createUsers(deps: {
  access: Access;
  preferences: Preferences;
  menu: CommandMenu;
  replies: Replies;
  calendar: Calendar;
}): { command: RunCommand; press: ButtonHandler } {
  const { access, preferences, menu, replies, calendar } = deps;
  const inWords = (at: number, { language }: Pick<ChatContext, "language">) => calendar.format(at, language);

  function entry(context: ChatContext, { id, role, name, until, granted }: Member): FormattableString {
    const { users, role: roles } = context.texts.admin;
    const facts = [
      roles[role],
      ...(until === null ? [] : [users.until(inWords(until, context))]),
      granted === undefined
        ? users.fromConfig
        : users.since(inWords(granted.at, context), access.nameOf(granted.by) ?? String(granted.by)),
    ];
    return format`${name === undefined ? "" : `${named(name)} · `}${String(id)}\n${facts.join(" · ")}`;
  }

  function page(context: ChatContext, wanted: number): Content {
    const members = access.members();
    const cut = cutPage(members, { wanted, size: ENTRIES_PER_PAGE });
    const shown = cut.shown.map((member) => ({
      text: entry(context, member),
      press: userButton.pack({ action: "show", page: cut.page, id: member.id }),
    }));
    return numberedPage(
      { ...cut, shown },
      {
        title: context.texts.admin.users.title(members.length),
        gap: "\n",
        width: BUTTONS_PER_ROW,
        press: (page) => userButton.pack({ action: "page", page }),
        texts: context.texts,
      },
    );
  }

  function one(context: ChatContext, at: number, member: Member): Content {
    const { admin } = context.texts;
    const back = { choices: [{ label: admin.button.back, press: userButton.pack({ action: "page", page: at }) }] };
    if (member.granted === undefined) {
      return { text: format`${entry(context, member)}\n\n${admin.users.fixed}`, keyboard: keyboardOf([back]) };
    }
    const { id, role } = member;
    const press = (action: "admin" | "user" | "day" | "remove") => userButton.pack({ action, page: at, id });
    const roles = [
      { label: admin.role.admin, press: press("admin"), chosen: role === "admin" },
      { label: admin.role.user, press: press("user"), chosen: role === "user" },
      { label: `${admin.role.guest} ${admin.users.button.day}`, press: press("day"), chosen: role === "guest" },
    ];
    const remove = { label: admin.users.button.remove, press: press("remove") };
    return { text: entry(context, member), keyboard: keyboardOf([{ choices: roles }, { choices: [remove] }, back]) };
  }

  function change(context: ChatContext, member: Member, action: "admin" | "user" | "day"): void {
    const { id } = member;
    const { role, until } = access.change(member, action, context.userId ?? context.chatId);
    menu.update(id);
    if (role === member.role && until === null) return;
    const language = preferences.language(id);
    const { you } = texts[language].admin;
    const text = until === null ? you.in(role) : you.guest(inWords(until, { language }));
    replies.notify({ chatId: id, threadId: null }, { text }, { stays: true });
  }

  return {
    command: ({ context }) => replies.answer(context, page(context, 0)),
    press(context, press): ButtonReply | undefined {
      const carried = readButton(userButton, press);
      if (carried === undefined || press.message === undefined) return undefined;
      if (context.actor.role !== "admin") return { text: context.texts.pressed.noAccess, alert: true };
      const { action, page: at, id } = carried;
      const { users } = context.texts.admin;
      const show = (content: Content) => replies.edit(context.chatId, press.message?.message_id ?? 0, content);
      const member = access.member(id);
      if (action === "page" || member === undefined) {
        show(page(context, at || 0));
        return { text: action === "page" ? "" : users.gone };
      }
      if (action === "show") {
        show(one(context, at, member));
        return { text: "" };
      }
      if (member.granted === undefined) return { text: users.fixed, alert: true };
      if (action === "remove") {
        access.revoke(id);
        menu.update(id);
        show(page(context, at));
        return { text: context.texts.pressed.changed };
      }
      if (action === undefined) return { text: context.texts.pressed.outdated };
      change(context, member, action);
      show(one(context, at, access.member(id) ?? member));
      return { text: context.texts.pressed.changed };
    },
  };
}
