import { writeSync } from "node:fs";
import { join } from "node:path";
import { openDirectJournal } from "../../../src/store/direct-journal.ts";
import { writeOwnFile } from "../../../src/store/own-file.ts";
import { newLink } from "../../support/links.ts";
import { createRecordingLog } from "../../support/recording-log.ts";

// A process in which files may only become so large, less than its texts are: says what it was told of keeping them.
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
