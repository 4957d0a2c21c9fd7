import { writeSync } from "node:fs";
import { openStore } from "../../../src/store/store.ts";
import { newLink } from "../../support/links.ts";

// Run with a file size limit at the size of the database. It adds links, closes the database, and prints how many it added.
const [, , path = ""] = process.argv;
const store = openStore(path);
const LINKS = 20;
store.transaction(() => {
  for (let nth = 0; nth < LINKS; nth += 1) {
    store.links.add(newLink({ url: `https://x.org/more/${nth}/${"x".repeat(500)}`, key: `x.org/more/${nth}` }));
  }
});
store[Symbol.dispose]();
writeSync(1, String(LINKS));
