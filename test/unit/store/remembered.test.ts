import { describe, expect, test } from "bun:test";
import type { Stranger } from "../../../src/domain/role.ts";
import { createRemembered } from "../../../src/store/remembered.ts";
import { openStore } from "../../../src/store/store.ts";

const stranger: Stranger = {
  ...{ id: 5, name: "bob", askedAt: 1, threadId: null, shownIn: [], refusedUntil: null, refusedBy: null },
};

describe("createRemembered()", () => {
  test("reads a row once, also a missing one, until it is forgotten", () => {
    const read: number[] = [];
    const { byId, forget, forgetAll } = createRemembered((id) => {
      read.push(id);
      return id === 1 ? "one" : undefined;
    });
    expect([byId(1), byId(1), byId(2), byId(2)]).toEqual(["one", "one", undefined, undefined]);
    expect(read).toEqual([1, 2]);
    forget(1);
    byId(1);
    byId(2);
    expect(read).toEqual([1, 2, 1]);
    forgetAll();
    byId(2);
    expect(read).toEqual([1, 2, 1, 2]);
  });

  test("reads again after a failed read", () => {
    let isAway = true;
    const { byId } = createRemembered(() => {
      if (isAway) throw new Error("away");
      return "one";
    });
    expect(() => byId(1)).toThrow("away");
    isAway = false;
    expect(byId(1)).toBe("one");
  });
});

describe("remembered chats and strangers", () => {
  test("agree with the tables after each change", () => {
    using store = openStore(":memory:");
    expect([store.chats.byId(1), store.strangers.byId(5)]).toEqual([undefined, undefined]);
    store.chats.update(1, { quality: 480 });
    store.strangers.save(stranger);
    expect([store.chats.byId(1)?.quality, store.strangers.byId(5)?.name]).toEqual([480, "bob"]);
    store.chats.update(1, { quality: 720 });
    store.strangers.save({ ...stranger, name: "bobby" });
    expect([store.chats.byId(1)?.quality, store.strangers.byId(5)?.name]).toEqual([720, "bobby"]);
    store.strangers.forgetAskedBefore(2, 2);
    store.chats.remove(1);
    expect([store.chats.byId(1), store.strangers.byId(5)]).toEqual([undefined, undefined]);
    store.strangers.save(stranger);
    expect(store.strangers.byId(5)).toBeDefined();
    store.strangers.remove(5);
    expect(store.strangers.byId(5)).toBeUndefined();
  });

  test("agree with the table of held messages too", () => {
    using store = openStore(":memory:");
    const { heldMessages } = store;
    const hold = (chatId: number, heldAt: number) =>
      heldMessages.hold({ chatId, messageId: 1, links: 1, heldAt, content: {} });
    expect(heldMessages.chats()).toEqual([]);
    for (const chatId of [1, 2, 3]) hold(chatId, chatId);
    expect(heldMessages.chats()).toEqual([1, 2, 3]);
    const [first] = heldMessages.of(1);
    if (first !== undefined) heldMessages.drop(first);
    expect(heldMessages.chats()).toEqual([2, 3]);
    heldMessages.forgetBefore(3);
    expect(heldMessages.chats()).toEqual([3]);
    const undone = () =>
      store.transaction(() => {
        heldMessages.dropAll(3);
        expect(heldMessages.chats()).toEqual([]);
        throw new Error("undone");
      });
    expect(undone).toThrow("undone");
    expect(heldMessages.chats()).toEqual([3]);
  });

  test("do not keep what was read in a transaction that was undone", () => {
    using store = openStore(":memory:");
    store.chats.update(1, { quality: 480 });
    const undone = () =>
      store.transaction(() => {
        store.chats.update(1, { quality: 720 });
        store.strangers.save(stranger);
        expect([store.chats.byId(1)?.quality, store.strangers.byId(5)?.name]).toEqual([720, "bob"]);
        throw new Error("undone");
      });
    expect(undone).toThrow("undone");
    expect([store.chats.byId(1)?.quality, store.strangers.byId(5)]).toEqual([480, undefined]);
  });

  test("know what was brought back from the future", () => {
    using store = openStore(":memory:");
    store.strangers.save({ ...stranger, askedAt: 99, refusedUntil: 99 });
    expect(store.strangers.byId(5)?.refusedUntil).toBe(99);
    expect(store.strangers.bringBackRefusals({ now: 2, latest: 9, limit: 1 })).toBe(1);
    expect(store.strangers.byId(5)).toMatchObject({ askedAt: 99, refusedUntil: 9 });
    expect(store.strangers.bringBack({ now: 2, latest: 9, limit: 1 })).toBe(1);
    expect(store.strangers.byId(5)).toMatchObject({ askedAt: 2, refusedUntil: 9 });
  });

  test("follow a chat to its new id", () => {
    using store = openStore(":memory:");
    store.chats.update(-1, { quality: 480 });
    store.strangers.save({ ...stranger, id: -1 });
    expect([store.chats.byId(-1)?.quality, store.chats.byId(-2), store.strangers.byId(-2)]).toEqual([
      ...[480, undefined, undefined],
    ]);
    store.moveChat({ from: -1, to: -2 });
    expect([store.chats.byId(-1), store.chats.byId(-2)?.quality]).toEqual([undefined, 480]);
    expect([store.strangers.byId(-1), store.strangers.byId(-2)?.name]).toEqual([undefined, "bob"]);
  });
});
