import type { Language } from "../../domain/chat.ts";
import { addServer } from "./add-server.ts";
import { beside } from "./beside.ts";
import { check } from "./check.ts";
import { cli } from "./cli.ts";
import { conformance } from "./conformance.ts";
import { imported } from "./imported.ts";
import { mistakes } from "./mistakes.ts";
import { setup } from "./setup.ts";
import { start } from "./start.ts";

/** All texts of the commands for operators, in English; `ru` says the same. */
export const en = {
  language: "en" as Language,
  addServer,
  beside,
  cli,
  check,
  conformance,
  imported,
  mistakes,
  start,
  ...setup,
};

export type CommandWords = typeof en;
