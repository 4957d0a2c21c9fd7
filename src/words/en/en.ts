import { check } from "./check.ts";
import { cli } from "./cli.ts";
import { imported } from "./imported.ts";
import { setup } from "./setup.ts";

/** Everything an operator reads of the commands, in English; `ru` says the same. */
export const en = { cli, check, imported, ...setup };

export type CommandWords = typeof en;
