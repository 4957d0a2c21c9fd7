import { join } from "node:path";
import { languageOf } from "../../src/words/words.ts";
import { createBinaryRig } from "../support/binary.ts";
import { type PageServer, servePage } from "./page-server.ts";
import { createScreen } from "./screen.ts";
import { tellStory } from "./story.ts";
import { startWorld } from "./world.ts";

const MAIN = join(import.meta.dir, "../../src/main.ts");
const INVITATION = {
  en: (address: string) => `Open ${address} in a browser. Ctrl+C ends the demo.`,
  ru: (address: string) => `Откройте ${address} в браузере. Ctrl+C завершает демонстрацию.`,
};

/** `npm run demo`: the real bot and its servers, to be tried out on a page until the user stops it. */
async function play(): Promise<number> {
  const ended = Promise.withResolvers<void>();
  // npm may pass on a Ctrl+C that has already come from the terminal: the second one changes nothing.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => ended.resolve());
  let page: PageServer | undefined;
  await using world = await startWorld({ changed: () => page?.changed() });
  await using served = servePage(world);
  page = served;
  process.stdout.write(`${INVITATION[languageOf(process.env)](served.address)}\n`);
  await ended.promise;
  return 0;
}

/** `npm run demo -- --script`: the life of a link, played by the real bot against a fake Telegram and two sample downloaders. */
async function script(): Promise<number> {
  const screen = createScreen(process.stdout, process.env);
  let interrupted = false;
  try {
    await using rig = createBinaryRig({
      command: [process.execPath, "--no-orphans", MAIN],
      config: { dispatch: { interval: "200ms", delay: "3s" }, quality: { choices: ["best", 1080, 720, 480] } },
    });
    process.once("SIGINT", () => {
      interrupted = true;
      // What the story waits for will not come now.
      void rig.api[Symbol.asyncDispose]();
    });
    await tellStory(rig, screen);
    return 0;
  } catch (error) {
    if (interrupted) return 130;
    screen.failed(error instanceof Error ? error.message : String(error));
    return 1;
  }
}

process.exit(await (process.argv.includes("--script") ? script() : play()));
