import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type PageServer, servePage } from "../demo/page-server.ts";
import type { Seat, State } from "../demo/state.ts";
import { startWorld } from "../demo/world.ts";
import { isAbout, type LiveMessage } from "../support/bot-api/message.ts";
import { type DemoWindow, openDemoWindow } from "../support/demo-window.ts";

const BORIS = 1001;
const KIM = 5;
const ANN = 1;

/** The demo as `npm run demo` starts it, with fast downloads. */
async function start() {
  await using started = new AsyncDisposableStack();
  let page: PageServer | undefined;
  const world = started.use(await startWorld({ rate: "1G", delay: "1h", changed: () => page?.changed() }));
  page = started.use(servePage(world));
  const window = started.use(await openDemoWindow(page.address));
  // Both servers have told the bot that they are there.
  const { samples, folder } = await window.sees(
    (state) =>
      ["home", "attic"].every((server) => seatOf(state, "admin").messages.some(hears(server))) ? state : undefined,
    "both servers to be known",
  );
  const everything = started.move();
  return {
    window,
    folder,
    trailer: samples[0]?.path ?? "",
    song: samples[1]?.path ?? "",
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  };
}

const seatOf = ({ seats }: State, role: Seat["role"]): Seat => {
  const seat = seats.find((candidate) => candidate.role === role);
  if (seat === undefined) throw new Error(`There is no ${role}`);
  return seat;
};
const hears =
  (...words: string[]) =>
  (message: LiveMessage) =>
    message.byBot && words.every((word) => isAbout(message, word));
const promptIn = (window: DemoWindow, role: Seat["role"], link: string) =>
  window.seesIn(
    role,
    ({ messages }) => messages.find((message) => hears(link)(message) && message.buttons.length > 0),
    "the prompt",
  );
const press = (window: DemoWindow, person: number, { id }: LiveMessage, button: string) =>
  window.asks({ act: "press", person, message: id, button });
const arrives = (window: DemoWindow, name: string) =>
  window.sees(({ files }) => files.find(({ path }) => path.endsWith(name)), name);

test("a link becomes a file: the page shows the prompt, its edit, the reaction, the bell, and the prompt disappears", async () => {
  await using demo = await start();
  const { window, trailer } = demo;
  await window.asks({ act: "write", person: BORIS, text: `На вечер: ${trailer}` });
  const prompt = await promptIn(window, "user", "trailer.mp4");
  await press(window, BORIS, prompt, "Папка: films");
  const edited = await window.seesIn(
    "user",
    ({ messages }) => messages.find(({ id, editedAt }) => id === prompt.id && editedAt !== undefined),
    "the edit",
  );
  expect((await press(window, BORIS, edited, "music")).answer?.text).toBe("Сохранено");
  const closed = await window.seesIn(
    "user",
    ({ messages }) => messages.find((message) => message.id === prompt.id && hears("music")(message)),
    "the prompt with the other folder",
  );
  await press(window, BORIS, closed, "Сейчас");

  const file = await arrives(window, "trailer.mp4");
  expect(file.path).toContain("[boris] music");
  const news = await window.seesIn("user", ({ messages }) => messages.find(({ rang }) => rang), "the bell");
  expect(news.text).toContain("trailer.mp4");
  await window.seesIn("user", ({ messages }) => messages.find(({ reactions }) => reactions.length > 0), "the reaction");
  await window.seesIn(
    "user",
    ({ messages, deleted }) => (deleted > 0 && messages.every(({ id }) => id !== prompt.id)) || undefined,
    "the prompt to go",
  );
  const whole = readFileSync(join(demo.folder, file.path));
  expect(whole.equals(Buffer.from(await (await fetch(trailer)).arrayBuffer()))).toBe(true);
});

test("a stranger's link waits until the admin gives access", async () => {
  await using demo = await start();
  const { window, trailer } = demo;
  await window.asks({ act: "write", person: KIM, text: trailer });
  const card = await window.seesIn(
    "admin",
    ({ messages }) => messages.find(({ buttons }) => buttons.flat().some(({ text }) => text.includes("Let in"))),
    "the card about Kim",
  );
  await press(window, ANN, card, "Let in");
  await press(window, KIM, await promptIn(window, "stranger", "trailer.mp4"), "Now");
  expect((await arrives(window, "trailer.mp4")).path).toContain("[kim]");
});

test("an invite that is pasted or pressed on the page gives access", async () => {
  await using demo = await start();
  const { window } = demo;
  await window.asks({ act: "write", person: ANN, text: "/invite" });
  const link = await window.seesIn(
    "admin",
    ({ messages }) => messages.map(({ text }) => /https:\/\/t\.me\/\S+/.exec(text)?.[0]).find(Boolean),
    "the invitation",
  );
  await window.asks({ act: "write", person: KIM, text: link });
  await window.seesIn(
    "stranger",
    ({ commands }) => commands.some(({ command }) => command === "queue") || undefined,
    "the menu of a user",
  );
});

test("kill -9 of the bot loses nothing: it comes back, and a link sent meanwhile arrives", async () => {
  await using demo = await start();
  const { window, trailer } = demo;
  await window.asks({ act: "kill" });
  await window.asks({ act: "write", person: BORIS, text: trailer });
  await window.sees(({ bot }) => !bot.runs || undefined, "the bot to be gone");
  await window.sees(({ bot }) => (bot.runs && bot.starts === 2) || undefined, "the bot to be back");
  await press(window, BORIS, await promptIn(window, "user", "trailer.mp4"), "Сейчас");
  await arrives(window, "trailer.mp4");
});

test("a link goes past a read-only database to the one server that is left, and one sent without Telegram waits", async () => {
  await using demo = await start();
  const { window, trailer, song } = demo;
  await window.asks({ act: "server", name: "attic", on: false });
  await window.asks({ act: "switch", what: "database", on: false });
  await window.asks({ act: "write", person: BORIS, text: trailer });
  expect((await arrives(window, "trailer.mp4")).path).toStartWith("home/");
  await window.asks({ act: "switch", what: "telegram", on: false });
  await window.asks({ act: "write", person: BORIS, text: song });
  const off = await window.sees((state) => (state.telegram ? undefined : state), "Telegram to be away");
  expect(off).toMatchObject({ database: false, servers: [{ isOn: true }, { isOn: false }] });
  await window.asks({ act: "server", name: "attic", on: true });
  await window.asks({ act: "switch", what: "database", on: true });
  await window.asks({ act: "switch", what: "telegram", on: true });
  await promptIn(window, "user", "song.flac");
});
