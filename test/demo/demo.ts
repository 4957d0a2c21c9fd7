import { join } from "node:path";
import { createBinaryRig } from "../support/binary.ts";
import { createScreen } from "./screen.ts";
import { tellStory } from "./story.ts";

const MAIN = join(import.meta.dir, "../../src/main.ts");

/** `npm run demo`: a link's way, played by the real bot against a fake Telegram and two sample downloaders. */
async function demo(): Promise<number> {
  const screen = createScreen(process.stdout, process.env);
  let interrupted = false;
  try {
    await using rig = createBinaryRig({
      command: [process.execPath, MAIN],
      config: { dispatch: { interval: "200ms", delay: "3s" }, quality: { choices: ["best", 1080, 720, 480] } },
    });
    process.once("SIGINT", () => {
      interrupted = true;
      // Whatever the story waits for will not come now.
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

process.exit(await demo());
