import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type MadeOf, madeOf } from "../demo/made-of.ts";
import { type PageServer, servePage } from "../demo/page-server.ts";
import { takeTour } from "../demo/tour.ts";
import { startWorld } from "../demo/world.ts";
import { createPlayer } from "../support/demo-player.ts";
import { openDemoWindow } from "../support/demo-window.ts";

const PICTURES = join(import.meta.dir, "../../docs/pictures");

/** What the page shows during the tour, without a browser. */
async function seenIn(language: "en" | "ru") {
  let page: PageServer | undefined;
  await using world = await startWorld({
    rate: "1G",
    delay: "1h",
    waits: true,
    language,
    changed: () => page?.changed(),
  });
  await using served = servePage(world);
  page = served;
  await using window = await openDemoWindow(page.address);
  const { samples } = world.state();
  return await takeTour(await createPlayer(window), { language, samples, goOn: world.goOn });
}

test("the pictures of the guide show the page and the chats as they are now (otherwise: npm run pictures)", async () => {
  const drawn: MadeOf = JSON.parse(readFileSync(join(PICTURES, "made-of.json"), "utf8"));
  const [en, ru] = await Promise.all([seenIn("en"), seenIn("ru")]);
  expect(madeOf({ en, ru })).toEqual(drawn);
});
