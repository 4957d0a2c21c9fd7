import { describe, expect, test } from "bun:test";
import type { Link } from "../../../../src/domain/link.ts";
import { createLateWrites } from "../../../../src/service/late-writes.ts";
import { createLinkPrompts, type SentPrompt } from "../../../../src/service/queue/prompts.ts";
import { UNDO_MS } from "../../../../src/service/queue/queue.ts";
import { MINUTE } from "../bot.ts";
import { storeFails, watched } from "../fuse.ts";
import { ANN, BOB, createWorld, type World } from "../world.ts";

const HOUR = 60 * MINUTE;
const URL = "https://x.org/1";

function createPrompts(world: World) {
  const told: string[] = [];
  const lateWrites = createLateWrites({ transaction: world.store.transaction, log: world.bot.log });
  const prompts = createLinkPrompts({
    store: watched(world.store, (name) => world.watcher(name)),
    lateWrites,
    now: () => world.now,
    onDeletion: () => void told.push("a deletion"),
  });
  /** The link after its prompt was stored; undefined if it has left the queue or that could not be stored yet. */
  function attach(link: Pick<Link, "id" | "chatId">, sent: SentPrompt): Link | undefined {
    let attached: Link | undefined;
    prompts.attach(link, sent, ([first]) => {
      attached = first;
    });
    lateWrites.flush();
    return attached;
  }
  const attachSoon = (link: Pick<Link, "id" | "chatId">, sent: SentPrompt) => prompts.attach(link, sent, () => {});
  return { ...prompts, attach, attachSoon, lateWrites, told };
}
const due = ({ store, now }: World) =>
  store.deletions.dueOfOneChat(now, 99).map(({ chatId, messageId }) => [chatId, messageId]);
const sent = ({ now }: World, promptId: number) => ({ promptId, promptedAt: now });

describe("attach()", () => {
  test("makes a message the prompt of its link", async () => {
    using world = createWorld();
    const { attach, current, told } = createPrompts(world);
    const link = await world.due(URL);
    const shown = { ...link, promptId: 70, promptedAt: 5, unshownChanges: 0 };
    expect(attach(link, { promptId: 70, promptedAt: 5 })).toEqual(shown);
    expect(current(link.id)).toEqual({
      ...{ id: link.id, chatId: ANN, threadId: null, messageId: link.messageId, promptId: 70, promptedAt: 5 },
      ...{ links: [shown], sent: [], cameAt: new Map() },
    });
    expect([due(world), told]).toEqual([[], []]);
  });

  test("plans the deletion of the replaced prompt, and triggers the sweeper", async () => {
    using world = createWorld();
    const { attach, told } = createPrompts(world);
    const link = await world.due(URL);
    attach(link, sent(world, 70));
    expect(attach(link, sent(world, 71))?.promptId).toBe(71);
    expect([due(world), told]).toEqual([[[ANN, 70]], ["a deletion"]]);
  });

  test("does not plan the current prompt's deletion, and cancels it for one that is used again", async () => {
    using world = createWorld();
    const { attach, adopt } = createPrompts(world);
    const link = await world.due(URL);
    for (const promptId of [70, 70, 71]) attach(link, sent(world, promptId));
    expect(due(world)).toEqual([[ANN, 70]]);
    adopt(link, 70);
    expect(due(world)).toEqual([[ANN, 71]]);
  });

  test("plans the deletion of a prompt whose link has already left the queue", async () => {
    using world = createWorld();
    const { attach, told } = createPrompts(world);
    const link = await world.due(URL);
    world.store.links.remove(link.id);
    expect(attach(link, sent(world, 70))).toBeUndefined();
    expect([due(world), told]).toEqual([[[ANN, 70]], ["a deletion"]]);
  });

  test("looks for the former prompt in the link's present chat", async () => {
    using world = createWorld();
    const { attach } = createPrompts(world);
    const link = await world.due(URL, { chatId: -5 });
    world.store.moveChat({ from: -5, to: -1005 });
    for (const promptId of [70, 71]) attach({ ...link, chatId: -1005 }, sent(world, promptId));
    expect(due(world)).toEqual([[-1005, 70]]);
  });

  test("takes no message of a group for one of the supergroup that it has become meanwhile", async () => {
    using world = createWorld();
    const { attach } = createPrompts(world);
    const link = await world.due(URL, { chatId: -5 });
    world.store.moveChat({ from: -5, to: -1005 });
    expect(attach(link, sent(world, 70))).toMatchObject({ chatId: -1005, promptId: null });
    expect([world.link(link.id).promptId, due(world)]).toEqual([null, []]);
  });

  test("changes nothing while the database cannot be used, and everything later", async () => {
    using world = createWorld();
    const { attach, lateWrites, told } = createPrompts(world);
    const link = attach(await world.due(URL), sent(world, 70));
    if (link === undefined) throw new Error("The link is gone");
    world.watcher = (name) => name === "deletions.add" && storeFails(name);
    expect(attach(link, sent(world, 71))).toBeUndefined();
    expect(world.link(link.id)).toEqual(link);
    expect([due(world), told]).toEqual([[], []]);
    world.watcher = () => {};
    expect(lateWrites.flush()).toBe(true);
    expect(world.link(link.id).promptId).toBe(71);
    expect([due(world), told]).toEqual([[[ANN, 70]], ["a deletion"]]);
  });
});

describe("detach()", () => {
  test("removes a deleted prompt from its link, and plans no deletion", async () => {
    using world = createWorld();
    const { attach, detach } = createPrompts(world);
    const link = await world.due(URL);
    attach(link, sent(world, 70));
    expect(detach(link.id, 70)).toMatchObject({ id: link.id, promptId: null, links: [{ id: link.id }] });
    expect(detach(link.id, 70)).toBeUndefined();
    expect(due(world)).toEqual([]);
  });

  test("does nothing for a link with a newer prompt or one that is gone", async () => {
    using world = createWorld();
    const { attach, detach } = createPrompts(world);
    const link = await world.due(URL);
    attach(link, sent(world, 71));
    expect([detach(link.id, 70), detach(link.id + 1, 70)]).toEqual([undefined, undefined]);
    expect(world.link(link.id).promptId).toBe(71);
  });
});

describe("adopt()", () => {
  test("gives the link a prompt that a crash orphaned, in place of another", async () => {
    using world = createWorld();
    const { attach, adopt } = createPrompts(world);
    const link = await world.due(URL);
    attach(link, sent(world, 71));
    adopt(link, 70);
    expect(world.link(link.id)).toEqual({ ...link, promptId: 70, promptedAt: world.now, unshownChanges: 1 });
    expect(due(world)).toEqual([[ANN, 71]]);
  });

  test("counts the prompt as outdated until it was drawn", async () => {
    using world = createWorld();
    const { adopt, behind, drawn, lateWrites } = createPrompts(world);
    const link = await world.due(URL);
    adopt(link, 70);
    expect(behind()).toEqual([{ id: link.id, chatId: ANN }]);
    drawn([world.link(link.id)]);
    lateWrites.flush();
    expect(behind()).toEqual([]);
  });

  test("overrides a prompt that was sent just before and is not stored yet", async () => {
    using world = createWorld();
    const { attachSoon, adopt } = createPrompts(world);
    const link = await world.due(URL);
    attachSoon(link, sent(world, 71));
    adopt(link, 70);
    expect(world.link(link.id).promptId).toBe(70);
    expect(due(world)).toEqual([[ANN, 71]]);
  });

  test("plans the message's deletion if its link has left the queue", async () => {
    using world = createWorld();
    const { adopt } = createPrompts(world);
    const link = await world.due(URL);
    world.store.links.remove(link.id);
    adopt(link, 70);
    expect(due(world)).toEqual([[ANN, 70]]);
  });
});

test("drop() plans the deletion of a message that is no longer a prompt", () => {
  using world = createWorld();
  const { drop, told } = createPrompts(world);
  drop({ chatId: ANN, messageId: 70 });
  expect([due(world), told]).toEqual([[[ANN, 70]], ["a deletion"]]);
});

describe("prompts to be sent", () => {
  test("ageing() returns those that are two hours from being too old to delete, oldest first", async () => {
    using world = createWorld();
    const { attach, ageing } = createPrompts(world);
    const [first, second, third] = [await world.due(URL), await world.due(`${URL}2`), await world.due(`${URL}3`)];
    attach(first, { promptId: 70, promptedAt: world.now + 1 });
    attach(second, { promptId: 71, promptedAt: world.now });
    attach(third, { promptId: 72, promptedAt: world.now + HOUR });
    await world.due(`${URL}4`);
    world.advance(46 * HOUR);
    expect(ageing()).toEqual([]);
    world.advance(2);
    expect(ageing().map(({ promptId }) => promptId)).toEqual([71, 70]);
  });

  test("missingOf() returns a chat's links without a prompt, except removed ones", async () => {
    using world = createWorld();
    const { attach, missingOf } = createPrompts(world);
    const lacking = await world.due(URL);
    attach(await world.due(`${URL}2`), sent(world, 70));
    world.bot.queue.remove({ chatId: ANN, role: "user" }, (await world.due(`${URL}3`)).id);
    await world.due(URL, { chatId: BOB });
    world.advance(UNDO_MS - 1);
    expect(missingOf(ANN).map(({ id }) => id)).toEqual([lacking.id]);
  });

  test("missed() returns links of the last day without a prompt, in chats that can be written to", async () => {
    using world = createWorld();
    await world.due(URL);
    world.advance(1);
    const annsNew = await world.due(`${URL}2`);
    const bobs = await world.due(URL, { chatId: BOB });
    world.advance(24 * HOUR);
    expect(
      createPrompts(world)
        .missed()
        .map(({ id }) => id),
    ).toEqual([annsNew.id, bobs.id]);
    world.store.chats.update(ANN, { blockedAt: 1 });
    expect(
      createPrompts(world)
        .missed()
        .map(({ id }) => id),
    ).toEqual([bobs.id]);
  });
});

test("a prompt that is sent but not stored yet is not missing", async () => {
  using world = createWorld();
  const { attach, missed, missingOf, lateWrites } = createPrompts(world);
  const link = await world.due(URL);
  world.watcher = (name) => name === "transaction" && storeFails(name);
  attach(link, sent(world, 70));
  expect([missed(), missingOf(ANN)]).toEqual([[], []]);
  world.watcher = () => {};
  lateWrites.flush();
  expect(world.link(link.id).promptId).toBe(70);
});

describe("a prompt is outdated", () => {
  const places = (found: readonly { id: number }[]) => found.map(({ id }) => id);

  test("from a change of its link until it is drawn with the latest change", async () => {
    using world = createWorld();
    const { attach, behind, drawn, lateWrites } = createPrompts(world);
    const link = await world.due(URL);
    expect(behind()).toEqual([]);
    attach(link, { ...sent(world, 70), shown: [link] });
    expect(behind()).toEqual([]);
    const unreachable = world.store.links.update(link.id, { state: "unreachable" });
    expect(behind()).toEqual([{ id: link.id, chatId: ANN }]);
    world.store.links.update(link.id, { state: "queued" });
    for (const shown of [unreachable, world.link(link.id)]) {
      expect(places(behind())).toEqual([link.id]);
      drawn(shown === undefined ? [] : [shown]);
      lateWrites.flush();
    }
    expect(behind()).toEqual([]);
  });

  test("if its link changed while it was sent", async () => {
    using world = createWorld();
    const { attach, behind } = createPrompts(world);
    const link = await world.due(URL);
    world.store.links.update(link.id, { quality: 480 });
    attach(link, { ...sent(world, 70), shown: [link] });
    expect(places(behind())).toEqual([link.id]);
  });

  test("not by a change that it does not show, nor in a chat that cannot be written to", async () => {
    using world = createWorld();
    const { attach, behind } = createPrompts(world);
    const link = await world.due(URL);
    attach(link, sent(world, 70));
    world.store.links.update(link.id, { keepsMessage: true });
    expect(places(behind())).toEqual([]);
    world.store.links.update(link.id, { quality: 480 });
    expect(places(behind())).toEqual([link.id]);
    world.store.chats.update(ANN, { blockedAt: 1 });
    expect(behind()).toEqual([]);
  });

  test("by statements that change many links, too", async () => {
    using world = createWorld();
    const { attach, behind } = createPrompts(world);
    const { links } = world.store;
    const until = world.now + UNDO_MS;
    const link = await world.due(URL);
    for (const change of [
      () => void links.removeAllOf(ANN, until),
      () => void links.restoreAllOf(ANN, until),
      () => void links.bringBack({ now: world.now - HOUR, latest: world.now - 1, limit: 9 }),
    ]) {
      attach(link, sent(world, 70));
      expect(behind()).toEqual([]);
      change();
      expect(places(behind())).toEqual([link.id]);
    }
  });

  const halves: readonly (readonly [string, readonly string[]])[] = [
    ["first", [URL, `${URL}2`, `${URL}3`]],
    ["other", [URL, `${URL}2`]],
  ];
  test.each(halves)("perhaps, if its %s link was handed over last and the others wait", async (which, urls) => {
    using world = createWorld();
    world.server("nas");
    const { attach, behind, halfHandedOver } = createPrompts(world);
    const queued = await world.enqueue(urls, { messageId: 7 });
    const [first, other] = queued.flatMap((each) => (each.kind === "queued" ? [each.link] : []));
    if (first === undefined || other === undefined) throw new Error("Not added to the queue");
    attach(first, sent(world, 70));
    expect(halfHandedOver()).toEqual([]);
    world.store.links.update((which === "first" ? first : other).id, { sendAt: world.now });
    attach(first, sent(world, 70));
    await world.tick();
    expect([behind(), halfHandedOver()]).toEqual([[], [{ id: first.id, chatId: ANN }]]);
  });

  test("only if something changed: drawing it unchanged stores nothing", async () => {
    using world = createWorld();
    const stored: string[] = [];
    const { attach, drawn, lateWrites } = createPrompts(world);
    const link = await world.due(URL);
    attach(link, sent(world, 70));
    world.watcher = (name) => stored.push(name);
    drawn([world.link(link.id)]);
    lateWrites.flush();
    expect(stored).toEqual([]);
    const changed = world.store.links.update(link.id, { quality: 480 });
    drawn(changed === undefined ? [] : [changed]);
    lateWrites.flush();
    expect(stored).toEqual(["links.shown"]);
  });
});

describe("links that share a prompt", () => {
  const URLS = [URL, `${URL}2`, `${URL}3`];
  async function three(world: World): Promise<readonly [Link, Link, Link]> {
    const queued = await world.enqueue(URLS, { messageId: 7 });
    const [one, two, three] = queued.flatMap((each) => (each.kind === "queued" ? [each.link] : []));
    if (one === undefined || two === undefined || three === undefined) throw new Error("Not added to the queue");
    return [one, two, three];
  }

  test("get and lose it together", async () => {
    using world = createWorld();
    const { attach, detach, current } = createPrompts(world);
    const links = await three(world);
    attach(links[0], sent(world, 70));
    attach(links[0], sent(world, 71));
    expect(links.map(({ id }) => world.link(id).promptId)).toEqual([71, 71, 71]);
    expect(due(world)).toEqual([[ANN, 70]]);
    expect(detach(links[0].id, 71)?.links.map(({ promptId }) => promptId)).toEqual([null, null, null]);
    expect(current(links[0].id)?.links.map(({ id }) => id)).toEqual(links.map(({ id }) => id));
  });

  test("keep the first one's id as their batch after that one was handed over", async () => {
    using world = createWorld();
    world.server("nas");
    const { current, ofLink, ending } = createPrompts(world);
    const [first, second, third] = await three(world);
    world.store.links.update(first.id, { sendAt: world.now });
    await world.tick();
    expect(current(first.id)).toMatchObject({
      id: first.id,
      links: [{ id: second.id }, { id: third.id }],
      sent: [{ linkId: first.id, downloader: "nas" }],
    });
    expect([ofLink(third.id)?.id, ofLink(first.id)]).toEqual([first.id, undefined]);
    expect(ending(first.id)).toMatchObject({ waits: true, sent: [{ linkId: first.id }] });
  });

  test("are missed, inherited and renewed once for all", async () => {
    using world = createWorld();
    const { attach, missed, missingOf, inherited, ageing } = createPrompts(world);
    const links = await three(world);
    expect([missed().length, missingOf(ANN).length]).toEqual([1, 1]);
    attach(links[0], sent(world, 70));
    // A link that joined, which the prompt does not show yet.
    world.store.links.update(links[2].id, { promptedAt: null });
    expect([missed(), inherited().map(({ id }) => id)]).toEqual([[], [links[0].id]]);
    world.advance(47 * HOUR);
    expect(ageing().map(({ id, promptedAt }) => [id, promptedAt])).toEqual([[links[0].id, world.now - 47 * HOUR]]);
  });
});
