import { describe, expect, test } from "bun:test";
import { servePage } from "../../demo/page-server.ts";
import type { Act, State } from "../../demo/state.ts";
import { openDemoWindow } from "../../support/demo-window.ts";

const START: State = {
  seats: [],
  bot: { runs: true, starts: 1 },
  telegram: true,
  database: true,
  servers: [],
  samples: [],
  folder: "/films",
  files: [],
};
const FILM = { path: "film.mkv", bytes: 1 };

/** A page over a world that only records what it is told. */
async function start() {
  let state = START;
  const acts: Act[] = [];
  const page = servePage({
    state: () => state,
    act: async (act) => {
      if (act.act === "kill") throw new Error("It is dead already");
      acts.push(act);
      return { text: "Saved" };
    },
  });
  const window = await openDemoWindow(page.address);
  return {
    page,
    window,
    acts,
    becomes(next: Partial<State>) {
      state = { ...state, ...next };
      page.changed();
    },
    async [Symbol.asyncDispose]() {
      await window[Symbol.asyncDispose]();
      await page[Symbol.asyncDispose]();
    },
  };
}

describe("the demo's page", () => {
  test("is bundled from the repository, and loads nothing from other hosts", async () => {
    await using demo = await start();
    const html = await (await fetch(demo.page.address)).text();
    expect(html).toContain("default-src 'self'");
    const parts = [...html.matchAll(/(?:src|href)="([^"]+\.(?:js|css))"/g)].map(([, path = ""]) => path);
    expect(parts).toHaveLength(2);
    for (const part of parts) expect((await fetch(new URL(part, demo.page.address))).status).toBe(200);
  });

  test("gets the state when it opens, and again whenever it changes", async () => {
    await using demo = await start();
    await demo.window.sees(({ files }) => files.length === 0 || undefined, "the start");
    demo.becomes({ files: [FILM] });
    await using late = await openDemoWindow(demo.page.address);
    for (const window of [demo.window, late]) {
      expect(await window.sees(({ files }) => files[0], "the file")).toEqual(FILM);
    }
  });

  test("passes on what its player does, and gets the answer", async () => {
    await using demo = await start();
    const press: Act = { act: "press", person: 1, message: 2, button: "now" };
    expect(await demo.window.asks(press)).toEqual({ status: 200, answer: { text: "Saved" } });
    expect(await demo.window.asks({ act: "kill" })).toEqual({ status: 409, answer: undefined });
    expect(demo.acts).toEqual([press]);
  });

  test("refuses requests from other sites in the same browser, and requests that it does not understand", async () => {
    await using demo = await start();
    const write: Act = { act: "write", person: 1, text: "hello" };
    expect((await demo.window.asks(write, { origin: "https://example.com" })).status).toBe(403);
    expect((await demo.window.asks({ ...write, text: " " })).status).toBe(400);
    expect(demo.acts).toEqual([]);
    expect((await demo.window.asks(write, { origin: new URL(demo.page.address).origin })).status).toBe(200);
  });
});
