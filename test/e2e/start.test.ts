import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { startTestApp, USER } from "../support/app.ts";

test("logs that downloaders can register before the rest of the start holds up the event loop", async () => {
  const seen: string[] = [];
  await using _app = await startTestApp(
    {},
    {
      onLog(line) {
        if (line.includes("Downloaders can register")) setImmediate(() => seen.push("a turn of the loop"));
        if (line.includes("Serving links, health and metrics")) seen.push("what begins then");
      },
    },
  );
  expect(seen).toEqual(["a turn of the loop", "what begins then"]);
});

test("a start, too, deletes what is kept only for a while, so that frequent restarts do not keep it for ever", async () => {
  await using app = await startTestApp({ DWLD_BOT_DISPATCH_DELAY: "1h" });
  const person = app.api.user({ id: USER, username: "ann", languageCode: "en" });
  const sends = async (link: string) => {
    person.sends(link);
    await app.api.message(person, ({ byBot, text }) => byBot && text.includes(link.slice("https://".length)));
  };
  await sends("https://vimeo.com/1");
  await app.stop();
  const read = (sql: string) => {
    using database = new Database(app.config.store.path);
    return database.query<{ chat_id: number }, []>(sql).all();
  };
  const longAgo = Date.now() - 3 * 24 * 3_600_000;
  read(`insert into intake (chat_id, message_id, received_at, keys) values (7, 7, ${longAgo}, '["x.org"]')`);
  await app.restart();
  await sends("https://vimeo.com/2");
  expect(read("select chat_id from intake").map((row) => row.chat_id)).toEqual([USER, USER]);
});
