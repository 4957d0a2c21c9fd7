import { type FormattableString, format } from "gramio";
import type { Calendar } from "../../domain/calendar.ts";
import type { Language } from "../../domain/chat.ts";
import { named } from "../../domain/text.ts";
import type { Member } from "../../service/access/access.ts";
import type { Content } from "../context/content.ts";
import type { Texts } from "../locales/locales.ts";
import { type USER_ACTIONS, userButton } from "./callback-data.ts";
import { type Choice, keyboardOf } from "./keyboard.ts";
import { cutPage, numberedPage } from "./pagination.ts";

const ENTRIES_PER_PAGE = 8;

/** Somebody to whom an admin said no. */
export interface Refused {
  readonly id: number;
  readonly name: string;
  /** Who said no; empty if that is not known. */
  readonly by: string;
  /** Epoch ms. */
  readonly until: number;
}

/** A member, with the name of the person who let them in; undefined for ids in the config. */
export type Shown = { readonly member: Member; readonly by: string | undefined };

interface Reading {
  readonly texts: Texts;
  readonly language: Language;
  readonly calendar: Pick<Calendar, "format">;
}

type Action = (typeof USER_ACTIONS)[number];

const button = (label: string, action: Action, { page, id }: { page: number; id: number }): Choice => ({
  label,
  press: userButton.pack({ action, page, id }),
});
const backTo = (page: number, { texts }: Reading) => ({
  choices: [{ label: texts.button.back, press: userButton.pack({ action: "page", page }) }],
});
const titleOf = (id: number, name: string | undefined) => `${name === undefined ? "" : `${named(name)} · `}${id}`;

function memberEntry({ member, by }: Shown, { texts, language, calendar }: Reading): FormattableString {
  const { users, role: roles } = texts.admin;
  const { id, role, name, until, granted } = member;
  const cameBy = (granted: NonNullable<Member["granted"]>) => {
    const when = calendar.format(granted.at, language);
    // Somebody who is paired is let in by nobody else; the grant of a group that has moved may name the group itself.
    return granted.by === id && id > 0 ? users.paired(when) : users.since(when, by ?? String(granted.by));
  };
  const facts = [
    roles[role],
    ...(until === null ? [] : [users.until(calendar.format(until, language))]),
    granted === undefined ? users.fromConfig : cameBy(granted),
  ];
  return format`${titleOf(id, name)}\n${facts.join(" · ")}`;
}

function refusedEntry({ id, name, by, until }: Refused, { texts, language, calendar }: Reading): FormattableString {
  return format`${titleOf(id, name)}\n🚫 ${texts.people.users.refusedUntil(calendar.format(until, language), by)}`;
}

/** A page of `/users`: people with access, then those who were refused; a button opens one of them. */
export function usersPage(
  { members, refused }: { members: readonly Shown[]; refused: readonly Refused[] },
  wanted: number,
  reading: Reading,
): Content {
  const entries = [
    ...members.map((shown) => ({ ...shown.member, text: memberEntry(shown, reading) })),
    ...refused.map((one) => ({ ...one, text: refusedEntry(one, reading) })),
  ];
  const cut = cutPage(entries, { wanted, size: ENTRIES_PER_PAGE });
  const shown = cut.shown.map(({ id, name = String(id), text }) => ({
    text,
    name,
    press: userButton.pack({ action: "show", page: cut.page, id }),
  }));
  return numberedPage(
    { ...cut, shown },
    {
      title: reading.texts.admin.users.title(members.length),
      gap: "\n",
      press: (page) => userButton.pack({ action: "page", page }),
      texts: reading.texts,
    },
  );
}

/** One member, with what can be changed. */
export function memberPage(shown: Shown, page: number, reading: Reading): Content {
  const { admin, people } = reading.texts;
  const { id, role, granted } = shown.member;
  const entry = memberEntry(shown, reading);
  const back = backTo(page, reading);
  if (granted === undefined) return { text: format`${entry}\n\n${admin.users.fixed}`, keyboard: keyboardOf([back]) };
  const at = { page, id };
  const roles = [
    { ...button(admin.role.admin, "admin", at), chosen: role === "admin" },
    { ...button(admin.role.user, "user", at), chosen: role === "user" },
    { ...button(`${admin.role.guest} ${admin.users.button.day}`, "day", at), chosen: role === "guest" },
  ];
  const remove = button(people.users.button.remove, "remove", at);
  return { text: entry, keyboard: keyboardOf([{ choices: roles }, { choices: [remove] }, back]) };
}

/** Somebody who was refused, with ways to let them in. */
export function refusedPage(one: Refused, page: number, reading: Reading): Content {
  const { button: labels } = reading.texts.people.users;
  const at = { page, id: one.id };
  const choices = [button(labels.letIn, "let_in", at), button(labels.day, "let_in_day", at)];
  return { text: refusedEntry(one, reading), keyboard: keyboardOf([{ choices }, backTo(page, reading)]) };
}

/** Asks before somebody becomes an admin, or loses access with `waiting` links in the queue. */
export function questionPage(
  { member: { id, name = String(id) } }: Shown,
  about: { page: number; what: "admin" } | { page: number; what: "remove"; waiting: number | undefined },
  { texts }: Reading,
): Content {
  const { users } = texts.people;
  const at = { page: about.page, id };
  const cancel = { choices: [button(users.button.cancel, "show", at)] };
  if (about.what === "admin") {
    const sure = { choices: [button(users.button.makeAdmin, "make_admin", at)] };
    return { text: users.sureAdmin(name), keyboard: keyboardOf([sure, cancel]) };
  }
  const hasLinks = about.waiting !== undefined && about.waiting > 0;
  const sure = hasLinks
    ? [button(users.button.dropLinks, "drop_links", at), button(users.button.keepLinks, "keep_links", at)]
    : [button(users.button.remove, "keep_links", at)];
  return { text: users.sureRemove(name, about.waiting), keyboard: keyboardOf([{ choices: sure, width: 1 }, cancel]) };
}

/** What was done, with a way to undo it for a while. */
export function undoPage(text: string, at: { page: number; id: number }, reading: Reading): Content {
  const undo = button(reading.texts.people.users.button.undo, "undo", at);
  return { text, keyboard: keyboardOf([{ choices: [undo] }, backTo(at.page, reading)]) };
}
