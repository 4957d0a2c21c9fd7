import { writeFileAtomically } from "../../../src/commands/atomic-file.ts";
import { words } from "../../../src/words/words.ts";

// The test kills this process while it writes: so much text takes a while to reach the disk.
const [, , path = ""] = process.argv;
writeFileAtomically(path, "new ".repeat(8 * 1024 * 1024), { force: true, words: words.en.files });
