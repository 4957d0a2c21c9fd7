import { describe, expect, test } from "bun:test";
import { type History, linkOf } from "../../chaos/history.ts";
import { judge } from "../../chaos/judge.ts";
import { drawPlan } from "../../chaos/plan.ts";
import type { LiveMessage } from "../../support/bot-api/message.ts";

const LINK = linkOf(1, 0);
const CHAT = 1001;

/** A run of one link, without any fault, that ends with a stop. */
function history(changes: Partial<History> = {}): History {
  return {
    seed: 1,
    lateMs: 0,
    sent: [{ chatId: CHAT, messageId: 1, links: [LINK], fresh: [LINK], at: 1 }],
    removed: new Set(),
    removals: [],
    undone: [],
    acceptances: [{ link: LINK, at: 10 }],
    acceptedAt: new Map([[LINK, 10]]),
    lives: [{ by: "SIGTERM", code: 0, toldAt: 100_000, at: 100_000, wasReady: true, output: "" }],
    locks: [],
    downloaders: [
      { name: "nas", accepted: [LINK], dropped: new Set() },
      { name: "attic", accepted: [], dropped: new Set() },
    ],
    left: new Map(),
    deleted: [{ chatId: CHAT, messageId: 1, at: 20 }],
    written: [{ chatId: CHAT, text: LINK }],
    learnt: new Map(),
    rows: {
      links: [],
      deliveries: [{ chat_id: CHAT, url: LINK, downloader: "nas" }],
      deletions: [],
      strays: [],
      workMessages: [],
    },
    quickCheck: [{ quick_check: "ok" }],
    ...changes,
  };
}

function message(id: number, byBot: boolean): LiveMessage {
  const nothing = { fromId: undefined, threadId: undefined, replyTo: undefined, editedAt: undefined, rang: false };
  return { id, chatId: CHAT, byBot, text: "Sent", entities: [], links: [], buttons: [], reactions: [], ...nothing };
}

const both = (dropped: readonly string[]) => [
  { name: "nas", accepted: [LINK], dropped: new Set<string>() },
  { name: "attic", accepted: [LINK], dropped: new Set(dropped) },
];
/** The same link in two messages. */
const twice = [1, 2].map((messageId) => ({
  chatId: CHAT,
  messageId,
  links: [LINK],
  fresh: messageId === 1 ? [LINK] : [],
  at: messageId * 4,
}));
const removedAt = (at: number) => ({
  removed: new Set([`${CHAT} ${LINK}`]),
  removals: [{ chatId: CHAT, link: LINK, pressedAt: at, answeredAt: at + 5 }],
});
const acceptedAt = (at: number) => ({ acceptances: [{ link: LINK, at }] });
const { rows, lives } = history();
const stopped = { by: "SIGTERM", code: 0, toldAt: 1, at: 1, wasReady: true, output: "" } as const;
const left = (id: number, byBot: boolean) => ({ left: new Map([[CHAT, [message(id, byBot)]]]) });
const killedAt = (toldAt: number, at = toldAt) => [
  { by: "SIGKILL" as const, code: 137, toldAt, at, wasReady: true, output: "" },
  ...lives,
];

describe("the judge of random faults", () => {
  test("finds nothing wrong with a run in which all went well", () => {
    expect(judge(history())).toEqual({ broken: [], links: 1, doubledAndKnown: 0, orphans: 0 });
  });

  test.each<[string, string, Partial<History>]>([
    ["a lost link", "I1", { downloaders: [], rows: { ...rows, deliveries: [] } }],
    ["a link without a delivery", "I1", { rows: { ...rows, deliveries: [] } }],
    ["a double", "I2", { downloaders: both([]) }],
    [
      "a double at one downloader",
      "I2",
      { downloaders: [{ name: "nas", accepted: [LINK, LINK], dropped: new Set<string>() }] },
    ],
    ["a removed link that is accepted afterwards", "I2", { ...removedAt(2), ...acceptedAt(9000) }],
    [
      "a delivery of one that never had it",
      "I2",
      { rows: { ...rows, deliveries: [{ chat_id: CHAT, url: LINK, downloader: "attic" }] } },
    ],
    ["a link that stays", "I3", { rows: { ...rows, links: [{ id: 1, state: "sending", url: LINK }] } }],
    ["a message that was deleted before its link went", "I4", { deleted: [{ chatId: CHAT, messageId: 1, at: 9 }] }],
    [
      "two messages that were both deleted before their link went",
      "I4",
      { sent: twice, deleted: [1, 2].map((messageId) => ({ chatId: CHAT, messageId, at: 9 })) },
    ],
    [
      "a message that was deleted before its link went, and before another one came with it",
      "I4",
      { sent: twice, deleted: [{ chatId: CHAT, messageId: 1, at: 4 }] },
    ],
    ["a message of a person that stays", "I4", left(1, false)],
    ["a message of the bot that stays", "I4", { ...left(2, true), learnt: new Map([[`${CHAT} 2`, 50]]) }],
    ["a link that another chat reads of", "I5", { written: [{ chatId: 1002, text: `{"text":"${LINK}"}` }] }],
    ["a damaged database", "I7", { quickCheck: [{ quick_check: "row 1 missing" }] }],
    ["another exit code", "I8", { lives: [{ ...stopped, code: 70 }] }],
    ["an end by itself", "I8", { lives: [{ ...stopped, by: undefined }] }],
  ])("finds %s (%s)", (_, invariant, changes) => {
    const { broken } = judge(history(changes));
    expect(broken.length).toBeGreaterThan(0);
    for (const what of broken) expect(what).toStartWith(invariant);
  });

  test.each<[string, Partial<History>, object]>([
    ["a double that was told to be dropped", { downloaders: both([LINK]) }, { doubledAndKnown: 1 }],
    [
      "a double that is remembered",
      { downloaders: both([]), rows: { ...rows, strays: [{ key: LINK.slice(8), downloader: "attic" }] } },
      { doubledAndKnown: 1 },
    ],
    [
      "a message that was deleted early, while another one has its link",
      { sent: twice, deleted: [{ chatId: CHAT, messageId: 1, at: 9 }] },
      {},
    ],
    [
      "a link that one downloader takes again when it was told to drop it",
      { downloaders: [{ name: "nas", accepted: [LINK, LINK], dropped: new Set([LINK]) }] },
      {},
    ],
    ["a removal at the moment in which a call is carried out", { ...removedAt(2), ...acceptedAt(5000) }, {}],
    [
      "a removal that is undone",
      { ...removedAt(2), ...acceptedAt(9000), undone: [{ chatId: CHAT, link: LINK, at: 20 }] },
      {},
    ],
    [
      "a removed link that its chat sends again",
      { ...removedAt(2), ...acceptedAt(9000), sent: [...history().sent, ...twice.slice(1)] },
      {},
    ],
    [
      "a removed link that another chat has sent too",
      {
        ...removedAt(2),
        ...acceptedAt(9000),
        sent: [...history().sent, { chatId: 1002, messageId: 1, links: [LINK], fresh: [], at: 1 }],
        deleted: [],
      },
      {},
    ],
    ["what its owner removed", { removed: new Set([`${CHAT} ${LINK}`]), downloaders: [] }, {}],
    ["a prompt whose id never came", left(2, true), { orphans: 1 }],
    [
      "a prompt whose id came right before a kill",
      { ...left(2, true), learnt: new Map([[`${CHAT} 2`, 5000]]), lives: killedAt(5500) },
      { orphans: 1 },
    ],
    [
      "a prompt whose id came seconds before a kill, on a machine on which all takes seconds",
      { ...left(2, true), learnt: new Map([[`${CHAT} 2`, 5000]]), lives: killedAt(9500), lateMs: 400 },
      { orphans: 1 },
    ],
    [
      "a prompt whose id came right before a kill of which the rig was told late",
      { ...left(2, true), learnt: new Map([[`${CHAT} 2`, 5000]]), lives: killedAt(5500, 8500) },
      { orphans: 1 },
    ],
    [
      "a prompt whose id came while the database was locked until a kill",
      {
        ...left(2, true),
        learnt: new Map([[`${CHAT} 2`, 5000]]),
        lives: killedAt(9500),
        locks: [{ from: 4900, until: 9000 }],
      },
      { orphans: 1 },
    ],
    [
      "a message whose deletion is planned",
      { ...left(1, false), rows: { ...rows, deletions: [{ chat_id: CHAT, message_id: 1 }] } },
      {},
    ],
    [
      "the message that shows what is in work",
      {
        ...left(2, true),
        learnt: new Map([[`${CHAT} 2`, 50]]),
        rows: { ...rows, workMessages: [{ chat_id: CHAT, message_id: 2 }] },
      },
      { orphans: 0 },
    ],
  ])("accepts %s", (_, changes, counted) => {
    expect(judge(history(changes))).toMatchObject({ broken: [], ...counted });
  });

  test("does not accept a prompt that is left although its id came long before a kill", () => {
    const learnt = new Map([[`${CHAT} 2`, 5000]]);
    expect(judge(history({ ...left(2, true), learnt, lives: killedAt(9500) })).broken).toHaveLength(1);
  });
});

describe("the plan of a run", () => {
  test("is the same for the same seed, and differs for another one", () => {
    expect(drawPlan(7, 40)).toEqual(drawPlan(7, 40));
    expect(drawPlan(7, 40)).not.toEqual(drawPlan(8, 40));
  });

  test("contains every kind of fault within twenty seeds", () => {
    const seen = new Set(
      Array.from({ length: 20 }, (_, seed) => drawPlan(seed, 40))
        .flat()
        .map((it) => it.happening.do),
    );
    const all = "answers,kill,lock,move,no list,press,refusal,register,reset,send,silence,stop,telegram";
    expect([...seen].sort().join()).toBe(all);
  });
});
