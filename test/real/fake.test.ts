import { startFake } from "./program.ts";
import { playScenes } from "./scenes.ts";

playScenes("the bot and the fake that does what the existing downloader does", startFake);
