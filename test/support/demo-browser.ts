import type { Player } from "../demo/tour.ts";
import { createPlayer } from "./demo-player.ts";
import { type DemoWindow, openDemoWindow } from "./demo-window.ts";
import { WAIT_LIMIT_MS } from "./patience.ts";

/** Debian's packages; null if neither is installed. */
export const CHROMIUM = Bun.which("chromium") ?? Bun.which("chromium-headless-shell");

/** A part of the page, in CSS pixels, and the number of picture pixels per CSS pixel. */
export interface Clip {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly scale: number;
}

/** The demo's page in a headless browser. */
export interface DemoBrowser extends AsyncDisposable {
  readonly view: Bun.WebView;
  /** The states that the page was sent. */
  readonly window: DemoWindow;
  /** A player that uses the page itself. */
  readonly player: Player;
  /** Resolves once the page has, or gets, an element with all of these words; with its whole text. */
  shows(selector: string, ...words: string[]): Promise<string>;
  /** Presses the button with this text. */
  presses(within: string, text: string): Promise<void>;
  /** Writes into the chat within this selector, and sends it unless it is a draft. */
  writes(within: string, text: string, options?: { isDraft: boolean }): Promise<void>;
  /** Where an element is. */
  place(selector: string): Promise<Omit<Clip, "scale">>;
  /** A WebP picture. */
  picture(clip: Clip, quality: number): Promise<Buffer>;
}

/** Opens the page in Chromium, which must be installed, in a language. */
export async function openDemoBrowser(
  address: string,
  { language = "en", width = 1500, height = 900 }: { language?: "en" | "ru"; width?: number; height?: number } = {},
): Promise<DemoBrowser> {
  await using opened = new AsyncDisposableStack();
  // A container may have little shared memory, and Chromium has no sandbox for root.
  const argv = ["--disable-dev-shm-usage", ...(process.getuid?.() === 0 ? ["--no-sandbox"] : [])];
  const backend = { type: "chrome", url: false, path: CHROMIUM ?? "", argv } as const;
  const view = opened.use(new Bun.WebView({ backend, width, height }));
  // Before a page is loaded there is no session for which to set the language.
  await view.navigate("about:blank");
  const userAgent = await view.evaluate("navigator.userAgent");
  await view.cdp("Emulation.setUserAgentOverride", { userAgent, acceptLanguage: language });
  await view.navigate(address);
  const window = opened.use(await openDemoWindow(address));
  const unseen = await createPlayer(window);

  const chatOf = (role: string) => `[data-role=${role}]`;
  const button = (within: string, text: string) =>
    `[...document.querySelectorAll(${JSON.stringify(`${within} button`)})]
      .find(({ textContent }) => textContent.includes(${JSON.stringify(text)}))`;
  const shows = (selector: string, ...words: string[]) =>
    view.evaluate<string>(`new Promise((resolve, reject) => {
      const all = () => [...document.querySelectorAll(${JSON.stringify(selector)})].map((one) => one.textContent);
      const look = () => {
        const found = all().find((text) => ${JSON.stringify(words)}.every((word) => text.includes(word)));
        if (found === undefined) return;
        seen.disconnect();
        resolve(found);
      };
      const seen = new MutationObserver(look);
      const inVain = ${JSON.stringify(`Waited in vain for "${words.join('", "')}" in ${selector}: `)};
      setTimeout(() => reject(new Error(inVain + all().join(" | "))), ${WAIT_LIMIT_MS});
      seen.observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
      look();
    })`);
  const presses = async (within: string, text: string) => {
    await shows(`${within} button`, text);
    await view.evaluate(`${button(within, text)}.click()`);
  };
  const writes = async (within: string, text: string, { isDraft } = { isDraft: false }) => {
    await view.click(`${within} textarea`);
    await view.type(text);
    if (!isDraft) await view.press("Enter");
  };
  const everything = opened.move();
  return {
    view,
    window,
    player: {
      writes: (role, text) => writes(chatOf(role), text),
      presses: (role, { id }, text) => presses(`${chatOf(role)} li[data-message="${id}"]`, text),
      async sees(role, ...words) {
        await shows(`${chatOf(role)} .by-bot`, ...words);
        return unseen.sees(role, ...words);
      },
      async seesFile(name) {
        await unseen.seesFile(name);
        await shows("aside li", name);
      },
      async killsBot() {
        await presses("aside", "kill -9");
        await shows("aside [role=status]", "2).");
      },
    },
    shows,
    presses,
    writes,
    place: (selector) =>
      view.evaluate(`(({ x, y, width, height }) => ({ x, y, width, height }))(
        document.querySelector(${JSON.stringify(selector)}).getBoundingClientRect())`),
    async picture(clip, quality) {
      const options = { format: "webp", quality, clip, optimizeForSpeed: false };
      const { data } = await view.cdp<{ data: string }>("Page.captureScreenshot", options);
      return Buffer.from(data, "base64");
    },
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  };
}
