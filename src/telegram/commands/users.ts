import type { Calendar } from "../../domain/calendar.ts";
import type { Access, Member } from "../../service/access/access.ts";
import type { AccessChanges } from "../../service/access/access-changes.ts";
import type { AccessRequests, Decision } from "../../service/access/requests.ts";
import type { Preferences } from "../../service/chats/preferences.ts";
import { answerRef } from "../context/answer-ref.ts";
import type { ButtonHandler, ButtonReply } from "../context/button-press.ts";
import type { ChatContext } from "../context/chat-context.ts";
import type { RunCommand } from "../context/command.ts";
import type { Content } from "../context/content.ts";
import type { Replies } from "../context/replies.ts";
import { texts } from "../locales/locales.ts";
import type { CommandMenu } from "../notify/command-menu.ts";
import { readButton, type USER_ACTIONS, userButton } from "../views/callback-data.ts";
import * as view from "../views/users-page.ts";

type Action = (typeof USER_ACTIONS)[number];

/** Actions that take a role away from an admin. */
const DEMOTIONS: ReadonlySet<Action> = new Set(["user", "day", "remove", "drop_links", "keep_links"]);

/** Who presses what about whom, and what they are looking at. */
interface Press {
  readonly context: ChatContext;
  /** The page of the list to go back to. */
  readonly page: number;
  readonly id: number;
  readonly show: (content: Content) => void;
}

/**
 * `/users`: who has access and who was refused, in pages; a number opens that person, with what can be changed. Removing access, and
 * making an admin, ask first and can be undone for a while.
 */
export function createUsers(deps: {
  access: Access;
  changes: AccessChanges;
  requests: Pick<AccessRequests, "refused">;
  /** Lets in somebody who was refused, and tells them. */
  letIn: (decision: Exclude<Decision, "no">, of: { id: number; by: number }) => void;
  preferences: Preferences;
  menu: CommandMenu;
  replies: Replies;
  calendarOf: (chatId: number) => Calendar;
}): { command: RunCommand; press: ButtonHandler } {
  const { access, changes, preferences, menu, replies } = deps;
  const nameOf = (id: number) => access.nameOf(id) ?? String(id);
  const shown = (member: Member): view.Shown => ({ member, by: member.granted && nameOf(member.granted.by) });
  /** The person who presses, or the chat in whose name they do. */
  const actingId = ({ userId, chatId }: ChatContext) => userId ?? chatId;

  const refused = (): view.Refused[] =>
    deps.requests.refused().flatMap(({ id, name, refusedBy, refusedUntil }) => {
      const by = refusedBy === null ? "" : nameOf(refusedBy);
      return refusedUntil === null || access.member(id) !== undefined ? [] : { id, name, by, until: refusedUntil };
    });

  const list = (context: ChatContext, page: number): Content =>
    view.usersPage({ members: access.members().map(shown), refused: refused() }, page, context);

  /** Shows the person that a press is about, or the list if there is no such person (any more). */
  function open({ context, page, id, show }: Press): ButtonReply {
    const member = access.member(id);
    const stranger = member === undefined ? refused().find((one) => one.id === id) : undefined;
    if (member !== undefined) show(view.memberPage(shown(member), page, context));
    else if (stranger !== undefined) show(view.refusedPage(stranger, page, context));
    else show(list(context, page));
    return { text: member === undefined && stranger === undefined ? context.texts.admin.users.gone : "" };
  }

  function change(context: ChatContext, member: Member, action: "user" | "day"): void {
    const { id } = member;
    const { role, until } = access.change(member, action, actingId(context));
    menu.update(id);
    if (role === member.role && until === null) return;
    const language = preferences.language(id);
    const { people } = texts[language];
    const welcome = people.in[id < 0 ? "group" : "person"];
    const text = until === null ? welcome : people.guest(deps.calendarOf(id).format(until, language));
    replies.notify({ chatId: id, threadId: null }, { text }, { stays: true });
  }

  function remove({ context, page, id, show }: Press, member: Member, links: "remove" | "keep"): ButtonReply {
    changes.remove({ id, by: actingId(context), links });
    const text = context.texts.people.users.removed(member.name ?? String(id));
    show(view.undoPage(text, { page, id }, context));
    return { text: context.texts.pressed.changed };
  }

  /** Without an admin nobody could let anybody in, nor would the bot start again. */
  const isLastAdmin = (id: number) => access.admins.every((admin) => admin === id);

  function carryOut(press: Press, member: Member, action: Action): ButtonReply {
    const { context, page, id, show } = press;
    const { people, pressed } = context.texts;
    const done = { text: pressed.changed };
    if (DEMOTIONS.has(action) && isLastAdmin(id)) return { text: people.users.lastAdmin, alert: true };
    switch (action) {
      case "admin":
        if (member.role === "admin") return open(press);
        show(view.questionPage(shown(member), { page, what: "admin" }, context));
        return { text: "" };
      case "remove":
        show(view.questionPage(shown(member), { page, what: "remove", waiting: changes.waiting(id) }, context));
        return { text: "" };
      case "make_admin":
        if (member.role === "admin") return open(press);
        changes.promote({ id, by: actingId(context) });
        menu.update(id);
        show(view.undoPage(people.users.promoted(member.name ?? String(id)), { page, id }, context));
        return done;
      case "drop_links":
        return remove(press, member, "remove");
      case "keep_links":
        return remove(press, member, "keep");
      case "user":
      case "day":
        change(context, member, action);
        open(press);
        return done;
      default:
        return open(press);
    }
  }

  /** Actions that need no member: the list, an undo, and people who were refused. */
  function elsewhere(press: Press, action: Action): ButtonReply | undefined {
    const { context, page, id, show } = press;
    const { users } = context.texts.people;
    if (action === "page") {
      show(list(context, page));
      return { text: "" };
    }
    if (action === "undo") {
      const isUndone = changes.undo(id);
      menu.update(id);
      open(press);
      return { text: isUndone ? users.undone : users.tooLate };
    }
    const isLetIn = action === "let_in" || action === "let_in_day";
    if (!isLetIn || access.member(id) !== undefined || access.isLeaving(id)) return undefined;
    if (!refused().some((one) => one.id === id)) return open(press);
    deps.letIn(action === "let_in" ? "in" : "day", { id, by: actingId(context) });
    open(press);
    return { text: context.texts.pressed.changed };
  }

  return {
    command: ({ context }) => replies.answer(context, list(context, 0)),
    press(context, query): ButtonReply | undefined {
      const carried = readButton(userButton, query);
      if (carried === undefined || query.message === undefined) return undefined;
      if (context.actor.role !== "admin") return { text: context.texts.pressed.noAccess, alert: true };
      const { action, page, id } = carried;
      const message = answerRef(context, query.message);
      const show = (content: Content) => replies.edit(message, content);
      const press = { context, page: page || 0, id, show };
      if (action === undefined) return { text: context.texts.pressed.outdated };
      const answer = elsewhere(press, action);
      if (answer !== undefined) return answer;
      const member = access.member(id);
      if (member === undefined || action === "show") return open(press);
      if (member.granted === undefined) return { text: context.texts.admin.users.fixed, alert: true };
      return carryOut(press, member, action);
    },
  };
}
