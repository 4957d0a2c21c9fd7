import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CHROMIUM, type Clip, type DemoBrowser, openDemoBrowser } from "../support/demo-browser.ts";
import { animationOf, type Frame } from "./animation.ts";
import { madeOf } from "./made-of.ts";
import { type PageServer, servePage } from "./page-server.ts";
import { type Scene, takeTour } from "./tour.ts";
import { startWorld } from "./world.ts";

const FOLDER = join(import.meta.dir, "../../docs/pictures");
const WINDOW = { width: 1440, height: 700 };
/** A list needs more room. */
const TALL = { width: 1440, height: 1060 };
const CHAT = "[data-role=user]";
/** Sharp on most screens. */
const SCALE = 1.5;
const QUALITY = 80;
/** The life of a link, and how long each moment of it is shown. */
const LIFE: Partial<Record<Scene, number>> = { prompt: 2200, choices: 1600, chosen: 1600, done: 3000 };

/** Takes the tour in a browser and photographs it; resolves with the messages seen on the way. */
async function photograph(language: "en" | "ru") {
  let page: PageServer | undefined;
  await using world = await startWorld({ rate: "1500K", delay: "1h", language, changed: () => page?.changed() });
  await using served = servePage(world);
  page = served;
  await using browser = await openDemoBrowser(page.address, { language, ...WINDOW });
  await browser.shows("[data-role=admin] li", "attic");
  const frames: Frame[] = [];
  const clip = await chatOf(browser, CHAT);
  const frame = async (ms: number) => void frames.push({ picture: await browser.picture(clip, QUALITY), ms });
  const keep = (name: string, picture: Buffer) => writeFileSync(join(FOLDER, `${name}.${language}.webp`), picture);
  const keepChat = async (name: string, chat: string) =>
    keep(name, await browser.picture(await chatOf(browser, chat), QUALITY));
  /** Removes the focus, so that nobody seems about to write or press. */
  const rest = async () => {
    await browser.view.evaluate("document.activeElement.blur()");
    await browser.view.cdp("Input.dispatchMouseEvent", { type: "mouseMoved", x: 1, y: 1 });
  };
  const { samples } = world.state();
  const film = samples.find(({ path }) => path.endsWith("film.mkv"))?.path ?? "";

  const draft = async () => {
    await browser.writes(CHAT, film, { isDraft: true });
    await frame(1600);
    await browser.view.evaluate(`document.querySelector("${CHAT} textarea").select()`);
    await browser.view.press("Backspace");
  };
  const isHere = async (least: number) => {
    await browser.window.seesIn(
      "user",
      ({ messages }) => messages.find(({ text }) => percentIn(text) >= least),
      "progress",
    );
    await rest();
    await frame(1400);
  };
  const scenes: Partial<Record<Scene, () => Promise<void>>> = {
    prompt: () => keepChat("prompt", CHAT),
    work: () => isHere(20),
    async stranger() {
      await isHere(45);
      keep("page", await browser.picture({ x: 0, y: 0, ...WINDOW, scale: 1 }, QUALITY));
      await keepChat("let-in", "[data-role=admin]");
      await isHere(70);
      await browser.player.seesFile("film.mkv");
    },
    async queue() {
      await browser.view.resize(TALL.width, TALL.height);
      await keepChat("queue", CHAT);
      await browser.view.resize(WINDOW.width, WINDOW.height);
    },
  };
  await draft();
  const seen = await takeTour(browser.player, {
    language,
    samples,
    goOn: () => undefined,
    async scene(scene) {
      await rest();
      const ms = LIFE[scene];
      if (ms !== undefined) await frame(ms);
      await scenes[scene]?.();
    },
  });
  const size = { width: Math.round(clip.width * SCALE), height: Math.round(clip.height * SCALE) };
  keep("link", animationOf(frames, size));
  return seen;
}

function percentIn(text: string): number {
  return Number(/(\d+) %/.exec(text)?.[1] ?? -1);
}

/** The area of a chat, in whole pixels of the picture. */
async function chatOf(browser: DemoBrowser, selector: string): Promise<Clip> {
  const { x, y, width, height } = await browser.place(selector);
  const even = (length: number) => Math.floor(length / 2) * 2;
  return { x, y, width: even(width), height: even(height), scale: SCALE };
}

if (CHROMIUM === null) {
  process.stderr.write(
    "The pictures are taken with Chromium, and there is none: apt-get install chromium-headless-shell fonts-noto-color-emoji\n",
  );
  process.exit(1);
}
mkdirSync(FOLDER, { recursive: true });
const [en, ru] = await Promise.all([photograph("en"), photograph("ru")]);
writeFileSync(join(FOLDER, "made-of.json"), `${JSON.stringify(madeOf({ en, ru }), undefined, 2)}\n`);
Bun.WebView.closeAll();
process.exit(0);
