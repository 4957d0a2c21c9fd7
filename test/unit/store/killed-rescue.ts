import { rmSync, writeFileSync } from "node:fs";
import { createBackupFiles } from "../../../src/store/backup-files.ts";
import { openLateStore } from "../../../src/store/late-store.ts";
import { newLink } from "../../support/links.ts";
import { createRecordingLog } from "../../support/recording-log.ts";

// Its database is deleted or replaced, and it is killed before the rewritten one is in place.
const [, , path = "", instead] = process.argv;
const log = createRecordingLog();
const late = openLateStore(path, {
  backups: createBackupFiles(path),
  now: Date.now,
  log: {
    ...log,
    info(text: string, fields?: Record<string, unknown>) {
      log.info(text, fields);
      if (text.includes("takes its place")) process.kill(process.pid, "SIGKILL");
    },
  },
});
late.store.links.add(newLink({ url: "https://x.org/unsaved", key: "x.org/unsaved" }));
for (const end of ["", "-wal", "-shm"]) rmSync(path + end);
if (instead !== undefined) writeFileSync(path, instead);
late.keepPlace();
