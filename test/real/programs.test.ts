import { startPrograms, whyNoPrograms } from "./programs.ts";
import { playScenes } from "./scenes.ts";

playScenes("the bot and the existing downloader with its sender", startPrograms, whyNoPrograms());
