import { expect, test } from "bun:test";
import fc from "fast-check";
import { isBeingHandedOver, type Link } from "../../src/domain/link.ts";
import { StoreUnavailable } from "../../src/domain/storage.ts";
import { keyOf } from "../../src/domain/url.ts";
import { type Changed, UNDO_MS } from "../../src/service/queue/queue.ts";
import { seeded } from "../support/seeded.ts";
import { MINUTE, SECOND } from "../unit/service/bot.ts";
import type { Mode } from "../unit/service/fleet.ts";
import type { Watcher } from "../unit/service/fuse.ts";
import { createWorld, turn, type World } from "../unit/service/world.ts";
import { everyLink, LINKS, type Model, placeOf, urlOf, verify } from "./promises.ts";

const NAMES = ["a", "b"] as const;
const MODES: readonly Mode[] = [
  ...(["up", "down", "refuses", "mute", "takes then dies", "forgets", "takes silently", "late", "hangs"] as const),
];
const CHATS = [1, 2] as const;
/** Another process holds the lock: the database can only be read. */
const locked: Watcher = (name) => {
  if (name === "transaction" || /\.(add|save|update|remove|open|close|asked)$/.test(name)) {
    throw new StoreUnavailable("SQLITE_BUSY");
  }
};

type Command = fc.AsyncCommand<Model, World>;

const command = (words: string, run: (model: Model, world: World) => Promise<void> | void): Command => ({
  check: () => true,
  toString: () => words,
  async run(model, world) {
    await run(model, world);
    verify(model, world);
  },
});

const chat = fc.constantFrom(...CHATS);
const server = fc.constantFrom(...NAMES);

const enqueued = fc.tuple(chat, fc.constantFrom(...LINKS), fc.boolean()).map(([chatId, link, isOther]) =>
  command(`${chatId} sends ${urlOf(link, isOther)}`, async (model, world) => {
    const url = urlOf(link, isOther);
    const place = placeOf(chatId, keyOf(url));
    // The outcome of a link that hangs past the queue is told when it ends.
    void world.enqueue(url, { chatId }).then(([told]) => told?.kind !== "lost" && model.owed.add(place));
    await turn();
  }),
);

const pressed = fc
  .tuple(chat, fc.integer({ min: 1, max: 8 }), fc.constantFrom("now", "remove", "undo", "quality"))
  .map(([chatId, id, button]) =>
    command(`${chatId} presses ${button} of ${id}`, (model, world) => {
      const { queue } = world.bot;
      const actor = { chatId, role: "user" } as const;
      const before = world.store.links.byId(id);
      const press = {
        now: () => queue.sendNow(actor, id),
        remove: () => queue.remove(actor, id),
        undo: () => queue.undo(actor, id),
        quality: () => queue.change(actor, id, { quality: 480 }),
      }[button];
      if (model.isLocked) {
        expect(press).toThrow(StoreUnavailable);
        return;
      }
      const { kind } = press();
      const after = world.store.links.byId(id);
      expect({ kind, button }).toEqual({ kind: expectedKind(before, button, { chatId, id, world }), button });
      if (kind !== "changed" && kind !== "removed") expect(after).toEqual(before as never);
      if (before === undefined || after === undefined) return;
      const place = placeOf(chatId, before.key);
      if (before.state !== "removed" && after.state === "removed") model.owed.delete(place);
      if (before.state === "removed" && after.state !== "removed") model.owed.add(place);
      if (button === "now" && kind === "changed") expect(after).toMatchObject({ state: "queued", sendAt: world.now });
    }),
  );

function expectedKind(
  before: Link | undefined,
  button: string,
  { chatId, id, world }: { chatId: number; id: number; world: World },
): Changed["kind"] {
  if (before === undefined) return world.store.deliveries.byLinkId(id)?.chatId === chatId ? "sent" : "not_yours";
  if (before.chatId !== chatId) return "not_yours";
  if (isBeingHandedOver(before)) return "being_sent";
  return button === "remove" || (button !== "undo" && before.state === "removed") ? "removed" : "changed";
}

const ticked = fc.constantFrom(5, 90, 400).map((seconds) =>
  command(`${seconds} s pass`, async ({ isLocked }, world) => {
    world.advance(seconds * SECOND);
    if (!isLocked) world.bot.queue.purge();
    await world.tick();
  }),
);

const becomes = fc.tuple(server, fc.constantFrom(...MODES)).map(([name, mode]) =>
  command(`${name} ${mode}`, async (_, world) => {
    const one = world.fleet.get(name);
    if (one === undefined) throw new Error(`No server ${name}`);
    one.mode = mode;
    if (mode !== "hangs") one.release();
    if (mode !== "late") one.catchUp();
    await turn();
  }),
);

const probed = server.map((name) => command(`${name} is asked how it is`, (_, world) => void world.probe(name)));

function lock(model: Model, world: World, isLocked: boolean): void {
  model.isLocked = isLocked;
  world.watcher = isLocked ? locked : () => {};
}

function kill(model: Model, world: World): void {
  // A start that cannot read its database takes another path (`unusable-database.test.ts`).
  lock(model, world, false);
  world.restart();
}

const killed = fc.constant(command("kill", kill));
const lockedOrNot = fc
  .boolean()
  .map((isLocked) => command(isLocked ? "lock" : "unlock", (model, world) => lock(model, world, isLocked)));

/** A kill or a lock during hand-overs, whose calls end afterwards. */
const meanwhile = fc.constantFrom("kill", "lock").map((what) =>
  command(`${what} during calls`, async (model, world) => {
    const modes = [...world.fleet.values()].map((one) => [one, one.mode] as const);
    for (const [one] of modes) one.mode = "hangs";
    world.advance(90 * SECOND);
    await world.tick();
    if (what === "kill") kill(model, world);
    else lock(model, world, true);
    for (const [one, mode] of modes) {
      one.mode = mode;
      if (mode !== "hangs") one.release();
    }
    await turn();
  }),
);

/** Long enough for another downloader to get the link. */
const silent = fc.tuple(server, fc.constantFrom<Mode>("takes then dies", "mute", "late")).map(([name, mode]) =>
  command(`${name} ${mode} for longer than a link is held`, async ({ isLocked }, world) => {
    for (const [other, one] of world.fleet) one.mode = other === name ? mode : "up";
    for (const one of world.fleet.values()) one.release();
    for (const seconds of [90, 10, 400, 400]) {
      world.advance(seconds * SECOND);
      if (!isLocked) world.bot.queue.purge();
      await world.tick();
    }
  }),
);

/** Lets everything work, for long enough. */
async function allWell(model: Model, world: World): Promise<void> {
  model.isLocked = false;
  world.watcher = () => {};
  for (const one of world.fleet.values()) {
    one.mode = "up";
    one.release();
    one.catchUp();
  }
  for (let past = 0; past < 14; past++) {
    for (const name of NAMES) await world.probe(name);
    world.bot.queue.purge();
    await world.tick();
    world.advance(past < 8 ? MINUTE : 360 * MINUTE);
  }
}

test("a link's life holds what people were told, whatever they press and whatever fails (reliability.md §7, I1–I3)", async () => {
  const life = fc.commands(
    [
      enqueued,
      enqueued,
      ticked,
      ticked,
      pressed,
      pressed,
      becomes,
      becomes,
      probed,
      killed,
      lockedOrNot,
      meanwhile,
      silent,
    ],
    { maxCommands: 60, size: "max" },
  );
  await fc.assert(
    fc.asyncProperty(life, fc.nat(), async (commands, seed) => {
      using world = createWorld({ random: seeded(seed), settings: { concurrency: 2 } });
      for (const name of NAMES) world.server(name);
      const model: Model = { owed: new Set(), isLocked: false };
      await fc.asyncModelRun(() => ({ model, real: world }), commands);
      await allWell(model, world);
      verify(model, world);
      world.advance(UNDO_MS);
      const left = everyLink(world).map(({ id, state }) => `${id} ${state}`);
      expect({ left, ledger: world.bot.ledger.size }).toEqual({ left: [], ledger: 0 });
    }),
    { seed: 20261129, numRuns: 40 },
  );
});
