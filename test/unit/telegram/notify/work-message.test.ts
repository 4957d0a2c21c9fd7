import { describe, expect, test } from "bun:test";
import type { Delivery } from "../../../../src/domain/delivery.ts";
import type { OpenWork, WorkMessage } from "../../../../src/domain/in-work.ts";
import { createWorkMessageSender, type ShownWork } from "../../../../src/telegram/notify/work-message.ts";
import type { Outbox } from "../../../../src/telegram/outbox/outbox.ts";
import { createRecordingLog } from "../../../support/recording-log.ts";

const HOUR = 3_600_000;
const PLACE = { chatId: -5, threadId: 7 };
const former: WorkMessage = { ...PLACE, messageId: 3, sentAt: 0 };

/** A sender whose calls succeed at once, or are refused as the test says; what is stored about messages is recorded. */
function createScene() {
  const calls: Record<string, unknown>[] = [];
  const kept: unknown[] = [];
  const scene = {
    ...{ calls, kept },
    now: 0,
    refusal: undefined as "gone" | "dropped" | undefined,
    /** The chat in which a message lands: the group may have become another one. */
    chatId: PLACE.chatId,
    open: { ...PLACE, total: 1, ended: 0, newest: 4 } as OpenWork | undefined,
    name: "film",
    shows: (of: Partial<ShownWork> = {}): ShownWork => ({
      ...{
        place: PLACE,
        message: undefined,
        content: undefined,
        newest: undefined,
        calledAt: undefined,
        busy: false,
        ...of,
      },
    }),
  };
  const called = (method: string) => async (params: object) => {
    calls.push({ method, ...params });
    return { message_id: 9, date: scene.now / 1000, chat: { id: scene.chatId } };
  };
  const api = { sendMessage: called("send"), editMessageText: called("edit") };
  const send: unknown = async (_chat: number, _how: object, call: (botApi: typeof api) => Promise<unknown>) => {
    const value = await call(api);
    return scene.refusal === undefined ? { ok: true, value } : { ok: false, kind: scene.refusal };
  };
  const delivery = () => ({ id: 4, url: "https://x.org/1", downloader: "nas", ...{ name: scene.name, trouble: null } });
  const sender = createWorkMessageSender({
    inWork: {
      at: () => scene.open,
      list: () => ({
        entries: [
          {
            delivery: delivery() as Delivery,
            ...{ reading: undefined, ahead: undefined, says: undefined, isSilent: false, isCancelled: false },
          },
        ],
        total: 1,
      }),
    },
    keeper: {
      all: () => [],
      keep: (message, instead) => void kept.push(["keep", message.messageId, instead?.messageId]),
      retire: ({ chatId, messageId }) => void kept.push(["retire", chatId, messageId]),
      forget: () => void kept.push("forget"),
    },
    outbox: { send } as Outbox,
    languageOf: () => "en",
    now: () => scene.now,
    log: createRecordingLog(),
  });
  return Object.assign(scene, { sender });
}

describe("the message of a place", () => {
  test("is sent silently into its topic, and stored in place of the previous one", async () => {
    const scene = createScene();
    const one = scene.shows({ message: former });
    const sending = scene.sender.send(one);
    expect(one.busy).toBe(true);
    await sending;
    expect(scene.calls).toMatchObject([
      { method: "send", chat_id: -5, message_thread_id: 7, disable_notification: true },
    ]);
    expect(scene.kept).toEqual([["keep", 9, 3]]);
    expect(one).toMatchObject({ message: { messageId: 9, threadId: 7 }, newest: 4, busy: false });
  });

  test("is edited only if it would look different", async () => {
    const scene = createScene();
    const one = scene.shows();
    await scene.sender.send(one);
    await scene.sender.edit(one, former);
    expect(scene.calls).toHaveLength(1);
    scene.name = "another";
    await scene.sender.edit(one, former);
    expect(scene.calls).toMatchObject([{ method: "send" }, { method: "edit", chat_id: -5, message_id: 3 }]);
  });

  test("is not sent when nothing is in work any more at its turn", async () => {
    const scene = createScene();
    scene.open = undefined;
    const one = scene.shows({ message: former });
    await scene.sender.send(one);
    await scene.sender.edit(one, former);
    expect([scene.calls, scene.kept, one.message]).toEqual([[], [], former]);
  });

  test("is deleted at once when it landed in another chat than its own", async () => {
    const scene = createScene();
    scene.chatId = -100;
    const one = scene.shows();
    await scene.sender.send(one);
    expect([scene.kept, one.message]).toEqual([[["retire", -100, 9]], undefined]);
  });

  test.each([
    ["gone", undefined, ["forget"]],
    ["dropped", former, []],
  ] as const)("is forgotten only when Telegram says that it is gone: %s", async (refusal, message, kept) => {
    const scene = createScene();
    scene.refusal = refusal;
    const one = scene.shows({ message: former });
    await scene.sender.edit(one, former);
    expect([one.message, scene.kept]).toEqual([message, [...kept]]);
    expect(one.newest).toBe(refusal === "gone" ? 4 : undefined);
  });

  test("is deleted at the end, or loses its buttons where Telegram no longer deletes it", () => {
    const scene = createScene();
    scene.now = 46 * HOUR;
    scene.sender.retire(former);
    expect([scene.calls, scene.kept]).toEqual([[], [["retire", -5, 3]]]);
    scene.now = 47 * HOUR;
    scene.sender.retire(former);
    expect(scene.calls).toEqual([
      { method: "edit", chat_id: -5, message_id: 3, text: "Nothing is in progress any more" },
    ]);
    expect(scene.kept).toEqual([["retire", -5, 3], "forget"]);
  });

  test("loses its buttons where another one replaces it and Telegram no longer deletes it", async () => {
    const scene = createScene();
    scene.now = 47 * HOUR;
    await scene.sender.send(scene.shows({ message: former }));
    expect(scene.kept).toEqual([["keep", 9, undefined]]);
    expect(scene.calls.slice(1)).toEqual([
      { method: "edit", chat_id: -5, message_id: 3, text: "The list of what is in progress is further down now" },
    ]);
  });
});
