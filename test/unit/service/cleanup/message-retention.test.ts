import { describe, expect, test } from "bun:test";
import { forgetMessages, releaseMessage } from "../../../../src/service/cleanup/message-retention.ts";
import { MINUTE } from "../bot.ts";
import { ANN, createWorld, type World } from "../world.ts";

const HOUR = 60 * MINUTE;
const MESSAGE = 7;
const PROMPT = 8;

/** When each message of Ann's chat goes, from now on; in ms. */
const planned = ({ store, now }: World) =>
  Object.fromEntries(
    store.deletions.dueOfOneChat(now + 1_000 * HOUR, 99).map(({ messageId, deleteAt }) => [messageId, deleteAt - now]),
  );
/** A link of `MESSAGE` that is being downloaded; returns its delivery's id. */
function downloading({ store, now }: World, url: string): number {
  const of = { chatId: ANN, threadId: null, messageId: MESSAGE, sender: "ann", quality: "best", folder: null } as const;
  store.deliveries.add({ ...of, linkId: url.length, url, key: url, downloader: "nas", acceptedAt: now });
  return store.deliveries.byLinkId(url.length)?.id ?? 0;
}
const forget = (world: World) =>
  forgetMessages(
    world.store,
    { chatId: ANN, messageId: MESSAGE, promptId: PROMPT, createdAt: world.now - HOUR },
    world.now,
  );
const release = (world: World) => releaseMessage(world.store, { chatId: ANN, messageId: MESSAGE }, world.now + HOUR);

describe("forgetMessages()", () => {
  test("lets the prompt go, and the message with its last link (rule 15)", async () => {
    using world = createWorld();
    const link = await world.due("https://x.org/1", { messageId: MESSAGE });
    forget(world);
    expect(planned(world)).toEqual({ [PROMPT]: 0 });
    world.store.links.remove(link.id);
    forget(world);
    expect(planned(world)).toEqual({ [PROMPT]: 0, [MESSAGE]: 0 });
  });

  test("leaves a message with what is still being downloaded, as long as it can be deleted at all", () => {
    using world = createWorld();
    const id = downloading(world, "https://x.org/1");
    forget(world);
    expect(planned(world)).toEqual({ [PROMPT]: 0, [MESSAGE]: 46 * HOUR });
    world.store.deliveries.update(id, { state: "removed" });
    forget(world);
    expect(planned(world)).toEqual({ [PROMPT]: 0, [MESSAGE]: 0 });
  });

  test("plans nothing for a link that has neither message nor prompt", () => {
    using world = createWorld();
    forgetMessages(world.store, { chatId: ANN, messageId: null, promptId: null, createdAt: world.now }, world.now);
    expect(planned(world)).toEqual({});
  });
});

describe("releaseMessage()", () => {
  test("lets a message go when nothing of it is under way any more", async () => {
    using world = createWorld();
    const first = downloading(world, "https://x.org/1");
    const second = downloading(world, "https://x.org/22");
    const link = await world.due("https://x.org/333", { messageId: MESSAGE });
    world.store.deliveries.update(first, { state: "done" });
    release(world);
    world.store.deliveries.update(second, { state: "lost" });
    release(world);
    expect(planned(world)).toEqual({});
    world.store.links.remove(link.id);
    release(world);
    expect(planned(world)).toEqual({ [MESSAGE]: HOUR });
  });

  test("has nothing to do where no message was kept", () => {
    using world = createWorld();
    releaseMessage(world.store, { chatId: ANN, messageId: null }, world.now);
    expect(planned(world)).toEqual({});
  });
});
