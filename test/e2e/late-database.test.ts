import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { closeSync, openSync, writeSync } from "node:fs";
import { ADMIN, startTestApp, type TestApp, USER } from "../support/app.ts";
import { isAbout } from "../support/bot-api/message.ts";

const says = (app: TestApp, chat: number, words: string) =>
  app.api.message(chat, (message) => message.byBot && isAbout(message, words), { what: `"${words}" in ${chat}` });

/** Keeps everybody else from reading the database. */
function seize(path: string): Database {
  const holder = new Database(path);
  holder.run("PRAGMA locking_mode = EXCLUSIVE");
  holder.run("BEGIN EXCLUSIVE");
  return holder;
}

/** Damages an index, which only a check of the database notices. */
function spoil(path: string): void {
  using database = new Database(path);
  const page = database.prepare<{ at: number }, []>(
    "SELECT rootpage AS at FROM sqlite_schema WHERE name = 'links_turn'",
  );
  const size = database.prepare<{ bytes: number }, []>("SELECT page_size AS bytes FROM pragma_page_size");
  const at = ((page.get()?.at ?? 0) - 1) * (size.get()?.bytes ?? 0);
  page.finalize();
  size.finalize();
  const file = openSync(path, "r+");
  writeSync(file, Buffer.alloc(64, 0xff), 0, 64, at);
  closeSync(file);
}

/** Starts the bot on a copy of its database that nobody can read yet. */
async function startWithout(app: TestApp, prepare: (path: string) => void): Promise<Database> {
  await app.stop();
  const path = `${app.config.store.path}-copy`;
  const source = new Database(app.config.store.path);
  source.run(`VACUUM INTO '${path}'`);
  source.close();
  prepare(path);
  const holder = seize(path);
  await app.restart({ DWLD_BOT_STORE_PATH: path });
  await says(app, ADMIN, "database cannot be used");
  return holder;
}

test("admins are told of a damage that is found when the database can be used again", async () => {
  await using app = await startTestApp();
  app.api.user({ id: ADMIN, username: "boss", languageCode: "en" }).sends("/start");
  await says(app, ADMIN, "");
  const holder = await startWithout(app, spoil);
  holder.close();
  await says(app, ADMIN, "can be used again");
  await says(app, ADMIN, "was damaged");
});

test("a lost prompt is sent when the database can be used again", async () => {
  await using app = await startTestApp();
  app.api.user({ id: ADMIN, username: "boss", languageCode: "en" }).sends("/start");
  await says(app, ADMIN, "");
  app.api.user({ id: USER, username: "ann", languageCode: "en" }).sends("https://youtube.com/watch?v=1");
  const first = await app.api.message(USER, ({ buttons }) => buttons.length > 0);
  const holder = await startWithout(app, (path) => {
    const database = new Database(path);
    database.run("UPDATE links SET prompt_id = NULL");
    database.close();
  });
  holder.close();
  await app.api.message(USER, ({ id, buttons }) => buttons.length > 0 && id !== first.id);
});

test("what is in work is not looked up while the database cannot be used, and is shown afterwards", async () => {
  await using app = await startTestApp();
  app.api.user({ id: ADMIN, username: "boss", languageCode: "en" }).sends("/start");
  await says(app, ADMIN, "");
  const nas = await app.downloader({ name: "nas" });
  app.api.user({ id: USER, username: "ann", languageCode: "en" }).sends("https://youtube.com/watch?v=1");
  await nas.accepts("https://youtube.com/watch?v=1");
  const { id } = await says(app, USER, "In progress: 1");
  const holder = await startWithout(app, () => undefined);
  await nas.register(app.address);
  expect(app.logged()).not.toContain("Cannot see what is in work now");
  holder.close();
  nas.finish("https://youtube.com/watch?v=1");
  await app.api.gone(USER, id);
});

test("a database that proves to be of a newer version is reported, and stays unused", async () => {
  await using app = await startTestApp();
  app.api.user({ id: ADMIN, username: "boss", languageCode: "en" }).sends("/start");
  await says(app, ADMIN, "");
  const nas = await app.downloader({ name: "nas" });
  const holder = await startWithout(app, (path) => {
    const database = new Database(path);
    database.run("PRAGMA user_version = 999");
    database.close();
  });
  await nas.register(app.address);
  holder.close();
  await says(app, ADMIN, "written by a newer version");
  const ann = app.api.user({ id: USER, username: "ann", languageCode: "en" });
  for (const link of ["https://youtube.com/watch?v=1", "https://youtube.com/watch?v=2"]) {
    ann.sends(link);
    await nas.accepts(link);
  }
});
