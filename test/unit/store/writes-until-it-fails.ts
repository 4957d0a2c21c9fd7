import { writeSync } from "node:fs";
import { StoreUnavailable } from "../../../src/domain/storage.ts";
import { openStore } from "../../../src/store/store.ts";
import { newLink } from "../../support/links.ts";

// Run with a file size limit. It adds links until the system refuses, and prints the error's code and how many it stored.
const [, , path = ""] = process.argv;
const store = openStore(path);
let stored = 0;
try {
  for (;;) {
    const url = `https://x.org/${stored}/${"x".repeat(500)}`;
    store.transaction(() => store.links.add(newLink({ url })));
    stored += 1;
  }
} catch (error) {
  if (!(error instanceof StoreUnavailable)) throw error;
  writeSync(1, JSON.stringify({ code: error.code, stored, readable: store.links.count({}) }));
}
