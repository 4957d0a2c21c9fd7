import { afterAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type PageServer, servePage } from "../demo/page-server.ts";
import { takeTour } from "../demo/tour.ts";
import { startWorld, type WorldOptions } from "../demo/world.ts";
import { CHROMIUM, openDemoBrowser } from "../support/demo-browser.ts";

afterAll(() => Bun.WebView.closeAll());

/** The demo in a headless browser. */
async function start(options: Partial<WorldOptions> = {}) {
  await using started = new AsyncDisposableStack();
  let page: PageServer | undefined;
  const world = started.use(await startWorld({ rate: "1G", delay: "1h", changed: () => page?.changed(), ...options }));
  page = started.use(servePage(world));
  const browser = started.use(await openDemoBrowser(page.address, options));
  const everything = started.move();
  return { ...browser, world, [Symbol.asyncDispose]: () => everything.disposeAsync() };
}

const USER = "[data-role=user]";

describe.skipIf(CHROMIUM === null)("the demo in a browser (skipped where there is no Chromium)", () => {
  test.each([
    { language: "en", now: "Now", faults: "What can go wrong" },
    { language: "ru", now: "Сейчас", faults: "Что может сломаться" },
  ] as const)(
    "$language: a link becomes a file, the stranger is let in, the bot is killed and comes back",
    async (of) => {
      await using demo = await start({ language: of.language, waits: true });
      await demo.shows("aside h2", of.faults);
      const { samples } = demo.world.state();
      await takeTour(demo.player, {
        language: of.language,
        samples,
        goOn: demo.world.goOn,
        async scene(scene) {
          if (scene === "done") await demo.shows(`${USER} .marks`, "🔔");
        },
      });
      const { files, folder } = demo.world.state();
      expect(files.map(({ path }) => path.replace(/^(home|attic)./, "")).sort()).toEqual([
        "[boris] films/film.mkv",
        "[kim] films/trailer.mp4",
      ]);
      for (const { path } of files) {
        const link = samples.find((sample) => path.endsWith(sample.path.split("/").at(-1) ?? ""))?.path ?? "";
        const served = Buffer.from(await (await fetch(link)).arrayBuffer());
        expect(readFileSync(join(folder, path)).equals(served)).toBe(true);
      }
      // The bot has lost nothing: the waiting link still waits, and can be sent.
      await demo.presses(`${USER} li`, of.now);
      await demo.player.seesFile("song.flac");
    },
  );

  test("what people write is shown as they wrote it, and never run", async () => {
    await using demo = await start();
    const text = '<img src=x onerror="document.title = 1"> javascript:alert(1)';
    await demo.writes(USER, text);
    expect(await demo.shows(`${USER} .by-person .text`, "<img")).toBe(text);
    expect(await demo.view.evaluate("document.querySelectorAll('img, [href^=javascript]').length")).toBe(0);
    expect(await demo.view.evaluate("document.title")).toBe("dwld-bot");
  });
});
