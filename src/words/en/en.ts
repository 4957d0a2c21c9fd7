import { check } from "./check.ts";
import { cli } from "./cli.ts";

/** Everything an operator reads of the commands, in English; `ru` says the same. */
export const en = { cli, check };

export type CommandWords = typeof en;
