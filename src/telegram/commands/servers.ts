import type { DownloaderAdmin } from "../../service/fleet/downloader-admin.ts";
import { answerRef } from "../context/answer-ref.ts";
import type { Background } from "../context/background.ts";
import type { ButtonHandler, ButtonReply } from "../context/button-press.ts";
import type { ChatContext } from "../context/chat-context.ts";
import type { RunCommand } from "../context/command.ts";
import type { Content } from "../context/content.ts";
import type { Replies } from "../context/replies.ts";
import { codeOf, downloaderButton, isCode, readButton } from "../views/callback-data.ts";
import { removalPage, serverPage, serversPage, unregisteredPage } from "../views/servers-page.ts";

/** `/servers`: the downloaders, in pages; pressing a name opens that one, with what can be done to it. */
export function createDownloaderList(deps: {
  downloaderAdmin: DownloaderAdmin;
  background: Background;
  replies: Replies;
}): { command: RunCommand; press: ButtonHandler } {
  const { downloaderAdmin, background, replies } = deps;

  const findUnregistered = (name: string) => downloaderAdmin.unregistered().find((joined) => joined.name === name);
  /** Registered ones first, then those that have only joined. */
  const allNames = () => [...downloaderAdmin.all(), ...downloaderAdmin.unregistered()].map(({ name }) => name);

  function list(context: ChatContext, page: number): Content {
    const view = { names: allNames(), look: downloaderAdmin.look, unregistered: downloaderAdmin.unregistered() };
    return serversPage(view, page, context);
  }

  /** The list if it is gone. */
  function one(context: ChatContext, page: number, { name, note = "" }: { name: string; note?: string }): Content {
    const [downloader] = downloaderAdmin.look([name]);
    if (downloader !== undefined) return serverPage(downloader, { page, note }, context);
    const joined = findUnregistered(name);
    return joined === undefined ? list(context, page) : unregisteredPage(joined, page, context);
  }

  function sure(context: ChatContext, page: number, name: string): Content {
    const hasJoined = downloaderAdmin.look([name])[0]?.hasJoined ?? findUnregistered(name) !== undefined;
    return removalPage({ name, hasJoined }, page, context);
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
