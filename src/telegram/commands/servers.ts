import { bold, type FormattableString, format } from "gramio";
import { spellAddress } from "../../domain/downloader.ts";
import type { JoinedServer } from "../../domain/joining.ts";
import { foreign, named, plain } from "../../domain/text.ts";
import type { DownloaderAdmin, DownloaderOverview } from "../../service/fleet/downloader-admin.ts";
import { answerRef } from "../context/answer-ref.ts";
import type { Background } from "../context/background.ts";
import type { ButtonHandler, ButtonReply } from "../context/button-press.ts";
import type { ChatContext } from "../context/chat-context.ts";
import type { RunCommand } from "../context/command.ts";
import type { Content } from "../context/content.ts";
import type { Replies } from "../context/replies.ts";
import { codeOf, downloaderButton, isCode, readButton } from "../views/callback-data.ts";
import { keyboardOf } from "../views/keyboard.ts";
import { cutPage, numberedPage } from "../views/pagination.ts";

const ENTRIES_PER_PAGE = 5;
const ROOTS_IN_LIST = 120;
const ROOTS_AT_MOST = 2_000;

/** `/servers`: the downloaders, in pages; pressing a name opens that one, with what can be done to it. */
export function createDownloaderList(deps: {
  downloaderAdmin: DownloaderAdmin;
  background: Background;
  replies: Replies;
}): { command: RunCommand; press: ButtonHandler } {
  const { downloaderAdmin, background, replies } = deps;
  const inWords = (at: number, { language, calendar }: ChatContext) => calendar.format(at, language);

  function summary(context: ChatContext, downloader: DownloaderOverview, longestRoots: number): FormattableString {
    const { servers: words } = context.texts.admin;
    const { name, lastSeenAt, failures, paused, state, problem, running, waiting } = downloader;
    const isFine = !paused && problem === undefined && state === "reachable";
    const facts = [
      ...(isFine ? [context.texts.lists.status.online] : []),
      lastSeenAt === null ? words.neverSeen : words.seen(inWords(lastSeenAt, context)),
      ...(problem === undefined ? [] : [words.problem[problem]]),
      ...(failures > 0 ? [words.failures(failures)] : []),
      ...(state === "reachable" ? [] : [words[state]]),
      ...(paused ? [words.paused] : []),
    ];
    const roots = foreign(plain(downloader.roots.join(", "), longestRoots));
    const more = [facts.join(" · "), words.numbers(running, waiting), words.roots(roots)].join("\n");
    return format`${signOf(downloader)} ${bold(named(name))} · ${spellAddress(downloader)}\n${more}`;
  }

  /** One that has joined but is not registered, and what to do about it. */
  function unregistered({ name, joinedAt }: JoinedServer, context: ChatContext): FormattableString {
    return format`⚪ ${bold(named(name))}\n${context.texts.admin.servers.unregistered(inWords(joinedAt, context))}`;
  }

  const findUnregistered = (name: string) => downloaderAdmin.unregistered().find((joined) => joined.name === name);
  /** Registered ones first, then those that have only joined. */
  const allNames = () => [...downloaderAdmin.all(), ...downloaderAdmin.unregistered()].map(({ name }) => name);

  function list(context: ChatContext, wanted: number): Content {
    const { texts } = context;
    const names = allNames();
    if (names.length === 0) return { text: texts.admin.servers.none };
    const cut = cutPage(names, { wanted, size: ENTRIES_PER_PAGE });
    const entry = (name: string, text: FormattableString) => ({
      text,
      name,
      press: downloaderButton.pack({ action: "show", page: cut.page, downloader: codeOf(name) }),
    });
    const joined = downloaderAdmin.unregistered().filter(({ name }) => cut.shown.includes(name));
    const shown = [
      ...downloaderAdmin
        .look(cut.shown)
        .map((downloader) => entry(downloader.name, summary(context, downloader, ROOTS_IN_LIST))),
      ...joined.map((server) => entry(server.name, unregistered(server, context))),
    ];
    return numberedPage(
      { ...cut, shown },
      {
        title: texts.admin.servers.title(names.length),
        gap: "\n\n",
        press: (page) => downloaderButton.pack({ action: "page", page }),
        texts,
      },
    );
  }

  function one(context: ChatContext, page: number, { name, note = "" }: { name: string; note?: string }): Content {
    const [downloader] = downloaderAdmin.look([name]);
    const { admin, button } = context.texts;
    const { servers: words } = admin;
    const choice = (action: "pause" | "resume" | "ping" | "remove") => ({
      label: words.button[action],
      press: downloaderButton.pack({ action, page, downloader: codeOf(name) }),
    });
    const back = { choices: [{ label: button.back, press: downloaderButton.pack({ action: "page", page }) }] };
    if (downloader === undefined) {
      const joined = findUnregistered(name);
      if (joined === undefined) return list(context, page);
      return { text: unregistered(joined, context), keyboard: keyboardOf([{ choices: [choice("remove")] }, back]) };
    }
    const keyboard = keyboardOf([
      { choices: [choice(downloader.paused ? "resume" : "pause"), choice("ping"), choice("remove")] },
      back,
    ]);
    const registered = words.registered(inWords(downloader.registeredAt, context));
    const text = format`${summary(context, downloader, ROOTS_AT_MOST)}\n${registered}${note === "" ? "" : `\n\n${note}`}`;
    return { text, keyboard };
  }

  function sure(context: ChatContext, page: number, name: string): Content {
    const { admin, button } = context.texts;
    const { servers: words } = admin;
    const press = (action: "sure" | "show") => downloaderButton.pack({ action, page, downloader: codeOf(name) });
    const choices = [
      { label: words.button.sure, press: press("sure") },
      { label: button.back, press: press("show") },
    ];
    const hasJoined = downloaderAdmin.look([name])[0]?.hasJoined ?? findUnregistered(name) !== undefined;
    return { text: words.sure(name, hasJoined), keyboard: keyboardOf([{ choices }]) };
  }

  return {
    command: ({ context }) => replies.answer(context, list(context, 0)),
    press(context, press): ButtonReply | undefined {
      const carried = readButton(downloaderButton, press);
      if (carried === undefined || press.message === undefined) return undefined;
      if (context.actor.role !== "admin") return { text: context.texts.pressed.noAccess, alert: true };
      const { action, downloader: code } = carried;
      const page = carried.page || 0;
      const { servers: words } = context.texts.admin;
      const answer = answerRef(context, press.message);
      const show = (content: Content) => replies.edit(answer, content);
      const name = allNames().find((one) => codeOf(one) === code);
      if (action === "page" || name === undefined) {
        show(list(context, page));
        if (action === "page") return { text: "" };
        return { text: isCode(code) ? words.gone : context.texts.pressed.outdated };
      }
      switch (action) {
        case "show":
          show(one(context, page, { name }));
          return { text: "" };
        case "pause":
        case "resume":
          downloaderAdmin.setPaused(name, action === "pause");
          show(one(context, page, { name }));
          return { text: action === "pause" ? words.done.paused : words.done.resumed };
        case "ping":
          background.run(context, async (stop) => {
            const ms = await downloaderAdmin.ping(name, stop);
            show(one(context, page, { name, note: ms === undefined ? words.silent : words.answered(ms) }));
          });
          return { text: words.asking };
        case "remove":
          show(sure(context, page, name));
          return { text: "" };
        case "sure":
          downloaderAdmin.remove(name);
          show(list(context, page));
          return { text: words.done.removed };
        default:
          return { text: context.texts.pressed.outdated };
      }
    },
  };
}

/** The worst of what is wrong with it; yellow if its latest call failed, though it still counts as reachable. */
function signOf({ paused, problem, state, failures }: DownloaderOverview): string {
  if (paused) return "⏸";
  if (problem !== undefined) return "⛔";
  if (state !== "reachable") return "🔴";
  return failures === 0 ? "🟢" : "🟡";
}
