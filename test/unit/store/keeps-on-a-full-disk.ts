import { writeSync } from "node:fs";
import { join } from "node:path";
import { openDirectJournal } from "../../../src/store/direct-journal.ts";
import { writeOwnFile } from "../../../src/store/own-file.ts";
import { newLink } from "../../support/links.ts";
import { createRecordingLog } from "../../support/recording-log.ts";

// Run with a file size limit below the size of its texts. It prints the results of its writes.
const [, , folder = ""] = process.argv;
const long = "a text ".repeat(1_000);

function codeOf(work: () => void): unknown {
  try {
    work();
    return "kept";
  } catch (error) {
    return error instanceof Error && "code" in error ? error.code : error;
  }
}

const journal = openDirectJournal(join(folder, "bot.direct"), createRecordingLog());
const entry = (title: string) =>
  ({ link: newLink({ title }), state: "waiting", downloader: null, superseded: [] }) as const;
const first = journal.write(1, entry("a short one"));
const both = journal.add(new Map([2, 3].map((id) => [id, entry(id === 2 ? "another" : long)])));
const own = codeOf(() => writeOwnFile(join(folder, "own.json"), long));
writeSync(1, JSON.stringify({ first, both, left: [...journal.left().keys()], own }));
