import { describe, expect, test } from "bun:test";
import { createAccess } from "../../../../src/service/access/access.ts";
import { createChatMigration } from "../../../../src/service/chats/migration.ts";
import { createRecordingLog } from "../../../support/recording-log.ts";
import { storeFails, watched } from "../fuse.ts";
import { createWorld, Killed, type World } from "../world.ts";

const ADMIN = 1;
const FAMILY = -4;
const BAND = -5;
const GROWN = -1_000_000_000_005;

/** One life of the bot: the config names the admin and the family. */
function boot(world: World) {
  const store = watched(world.store, (name) => world.watcher(name));
  const log = createRecordingLog();
  const now = () => world.now;
  const access = createAccess({ settings: { admins: [ADMIN], users: [FAMILY] }, grants: store.grants, now, log });
  const migration = createChatMigration({
    access,
    moveChat(move) {
      world.watcher("links.move");
      world.store.moveChat(move);
    },
    log,
  });
  return { access, ...migration, log, roleOf: (chatId: number) => access.roleOf({ chatId, userId: undefined }) };
}
const letIn = ({ access }: ReturnType<typeof boot>) =>
  access.grant({ id: BAND, name: "Band", role: "user", until: null, by: ADMIN });

describe("a group whose id changes", () => {
  test("keeps its role and its links, and is reported once", async () => {
    using world = createWorld();
    const life = boot(world);
    letIn(life);
    const { id } = await world.due("https://x.org/1", { chatId: BAND });
    expect([life.moved(BAND, GROWN), life.moved(BAND, GROWN), life.finish(GROWN)]).toEqual([true, false, false]);
    expect([life.roleOf(BAND), life.roleOf(GROWN), world.link(id).chatId]).toEqual(["nobody", "user", GROWN]);
    expect(boot(world).roleOf(GROWN)).toBe("user");
  });

  test("keeps its access after a restart if the config names the old id, and the operator is warned", () => {
    using world = createWorld();
    const life = boot(world);
    life.moved(FAMILY, GROWN);
    expect(life.log.lines).toContainEqual({
      level: "warn",
      message: "A group in the config has a new id; replace it there",
      fields: { chat: FAMILY, newChat: GROWN },
    });
    expect(boot(world).access.member(GROWN)).toMatchObject({ role: "user", granted: { by: ADMIN } });
  });

  test("has access at once while the database cannot be used, and gets its links afterwards", async () => {
    using world = createWorld();
    const life = boot(world);
    letIn(life);
    const { id } = await world.due("https://x.org/1", { chatId: BAND });
    world.watcher = storeFails;
    expect([life.moved(BAND, GROWN), life.finish(GROWN), life.roleOf(GROWN)]).toEqual([false, false, "user"]);
    expect(life.log.at("error")).toEqual(Array(2).fill("Cannot store a group's new id now"));
    world.watcher = () => {};
    expect(world.link(id).chatId).toBe(BAND);
    expect([life.finish(GROWN), life.finish(GROWN), world.link(id).chatId]).toEqual([true, false, GROWN]);
  });

  test("in the config keeps its access even if that can only be stored later", () => {
    using world = createWorld();
    const life = boot(world);
    world.watcher = storeFails;
    life.moved(FAMILY, GROWN);
    world.watcher = () => {};
    expect(life.finish(GROWN)).toBe(true);
    expect(boot(world).roleOf(GROWN)).toBe("user");
  });

  test.each(["grants.save", "links.move"])(
    "that the config lets in gets access first and its links last, if a kill before %s makes the move come again",
    async (call) => {
      using world = createWorld();
      const life = boot(world);
      const { id } = await world.due("https://x.org/1", { chatId: FAMILY });
      world.watcher = (name) => {
        if (name === call) throw new Killed();
      };
      expect(() => life.moved(FAMILY, GROWN)).toThrow(Killed);
      world.watcher = () => {};
      const next = boot(world);
      expect([next.roleOf(GROWN), world.link(id).chatId]).toEqual([call === "links.move" ? "user" : "nobody", FAMILY]);
      next.moved(FAMILY, GROWN);
      expect([boot(world).roleOf(GROWN), world.link(id).chatId]).toEqual(["user", GROWN]);
    },
  );

  test("gets no access if it had none", () => {
    using world = createWorld();
    const life = boot(world);
    life.moved(BAND, GROWN);
    expect([life.roleOf(GROWN), life.log.at("warn"), world.store.grants.all()]).toEqual(["nobody", [], []]);
  });
});
