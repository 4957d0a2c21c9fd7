import { afterAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type PageServer, servePage } from "../demo/page-server.ts";
import { startWorld } from "../demo/world.ts";

/** Debian's packages; where there is neither, nothing here can be seen. */
const CHROMIUM = Bun.which("chromium") ?? Bun.which("chromium-headless-shell");

afterAll(() => Bun.WebView.closeAll());

/** The demo in a browser that nobody sees. */
async function start() {
  await using started = new AsyncDisposableStack();
  let page: PageServer | undefined;
  const world = started.use(await startWorld({ rate: "1G", delay: "1h", changed: () => page?.changed() }));
  page = started.use(servePage(world));
  // Chromium has no sandbox for root.
  const argv = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  const backend = { type: "chrome", url: false, path: CHROMIUM ?? "", argv } as const;
  const view = started.use(new Bun.WebView({ backend, width: 1500, height: 900 }));
  await view.navigate(page.address);
  const everything = started.move();
  return {
    view,
    folder: world.state().folder,
    trailer: world.state().samples[0]?.path ?? "",
    /** Resolves once the page has, or gets, an element with this text; with the whole text. */
    shows: (selector: string, text: string) =>
      view.evaluate<string>(`new Promise((resolve) => {
      const look = () => {
        const found = [...document.querySelectorAll(${JSON.stringify(selector)})]
          .find(({ textContent }) => textContent.includes(${JSON.stringify(text)}));
        if (found === undefined) return;
        seen.disconnect();
        resolve(found.textContent);
      };
      const seen = new MutationObserver(look);
      seen.observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
      look();
    })`),
    /** Presses the button with this text. */
    async presses(within: string, text: string) {
      await this.shows(`${within} button`, text);
      await view.evaluate(`[...document.querySelectorAll(${JSON.stringify(`${within} button`)})]
        .find(({ textContent }) => textContent.includes(${JSON.stringify(text)})).click()`);
    },
    async writes(within: string, text: string) {
      await view.click(`${within} textarea`);
      await view.type(text);
      await view.press("Enter");
    },
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  };
}

const USER = "[data-role=user]";

describe.skipIf(CHROMIUM === null)("the demo in a browser (skipped where there is no Chromium)", () => {
  test("a link is written, sent at once by a press, and lies on the disk", async () => {
    await using demo = await start();
    await demo.shows("[data-role=admin] li", "attic");
    await demo.writes(USER, demo.trailer);
    await demo.presses(`${USER} li`, "Сейчас");
    const [path = ""] = (await demo.shows("aside li", "trailer.mp4")).split(" · ");
    expect(path).toContain("[boris]");
    expect(readFileSync(join(demo.folder, path))).toHaveLength(12 * 2 ** 20);
    await demo.shows(`${USER} .marks`, "🔔");
  });

  test("what people write is shown as they wrote it, and runs nothing", async () => {
    await using demo = await start();
    const text = '<img src=x onerror="document.title = 1"> javascript:alert(1)';
    await demo.writes(USER, text);
    expect(await demo.shows(`${USER} .by-person .text`, "<img")).toBe(text);
    expect(await demo.view.evaluate("document.querySelectorAll('img, [href^=javascript]').length")).toBe(0);
    expect(await demo.view.evaluate("document.title")).toBe("dwld-bot");
  });

  test("the bot is killed by a button, and comes back", async () => {
    await using demo = await start();
    await demo.presses("aside", "kill -9");
    await demo.shows("aside [role=status]", "(start 2)");
  });
});
