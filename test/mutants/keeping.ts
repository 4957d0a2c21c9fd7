import { breakagesOf, type Mutant } from "./mutant.ts";

const LATE = "test/unit/store/late-store.test.ts";
const TABLES = "test/unit/store/tables.test.ts";
const JOURNAL = "test/unit/store/direct-journal.test.ts";
const LINKS = "test/unit/store/links.test.ts";

export const keeping: readonly Mutant[] = [
  ...breakagesOf(
    "src/store/database.ts",
    ["test/unit/store/write-ahead-log.test.ts"],
    [["the write-ahead log never shrinks", "const LOG_BYTES = 8 * 1024 * 1024;", "const LOG_BYTES = -1;"]],
  ),
  ...breakagesOf(
    "src/store/database.ts",
    ["test/unit/store/prepared.test.ts"],
    [["a deleted file stays open", "sqlite.close(true);", "sqlite.close();"]],
  ),
  ...breakagesOf(
    "src/store/steady-plans.ts",
    ["test/unit/store/prepared.test.ts"],
    [
      ["a statement is compiled at each run", "text.replace(VALUE_OR_QUOTED, withPlus)", "text"],
      ["the text of a statement is changed", "|'[^']*'", ""],
    ],
  ),
  ...breakagesOf(
    "src/store/database.ts",
    ["test/unit/store/prepared.test.ts"],
    [
      [
        "the store's statements are compiled at each run",
        "drizzle(withSteadyPlans(sqlite), { schema })",
        "drizzle(sqlite, { schema })",
      ],
    ],
  ),
  ...breakagesOf(
    "src/store/database.ts",
    ["test/unit/store/unavailable.test.ts"],
    [
      [
        "a write after a full disk is stored without its transaction",
        "if (isWithin && !sqlite.inTransaction) throw",
        "if (isWithin && false) throw",
      ],
      ["a check for other writers locks them out", "BEGIN IMMEDIATE; ROLLBACK;", "BEGIN IMMEDIATE;"],
      [
        "after a check for other writers, no lock is waited for",
        "ROLLBACK; PRAGMA busy_timeout =",
        "ROLLBACK; PRAGMA cache_size =",
      ],
      [
        "after a check that saw a lock, no lock is waited for",
        "// The probe ends at the statement that fails.\n    sqlite.run(",
        "void (",
      ],
    ],
  ),
  ...breakagesOf(
    "src/store/store.ts",
    ["test/unit/store/remembered.test.ts"],
    [
      ["a rolled-back change to a chat is remembered", "forgetRemembered();\n      throw error;", "throw error;"],
      [
        "a chat that moved is remembered under its old id",
        "moveChat(db, move));\n      forgetRemembered();",
        "moveChat(db, move));",
      ],
    ],
  ),
  ...breakagesOf(
    "src/store/chats.ts",
    ["test/unit/store/remembered.test.ts"],
    [["a chat's new setting goes unnoticed", "remembered.forget(chatId);\n      update", "update"]],
  ),
  ...breakagesOf(
    "src/store/links.ts",
    [LINKS, "test/unit/service/dispatch/uncertain.test.ts", "test/unit/service/dispatch/dispatcher.test.ts"],
    [
      ["the same link of two chats is handed over at once", "sql`not ", "sql`1 >= "],
      [
        "links are sent in the order in which they came, not in the order of their times",
        ".orderBy(asc(links.sendAt), asc(links.id))",
        ".orderBy(asc(links.id))",
      ],
    ],
  ),
  ...breakagesOf(
    "src/store/links.ts",
    ["test/unit/service/queue/prompts.test.ts"],
    [
      ["a change that a prompt does not show makes it outdated", '"keepsMessage", ', ""],
      ["a change just before a crash is never shown", "(isSeen ? updateSeen : update)", "update"],
      [
        "a change while a prompt is drawn counts as shown",
        'and(hasId, eq(links.unshownChanges, given("unshownChanges")))',
        "hasId",
      ],
    ],
  ),
  ...breakagesOf(
    "src/store/links.ts",
    ["test/unit/service/cleanup/purge-old.test.ts"],
    [
      [
        "a prompt shows for ever the time of a clock that was ahead",
        ".set({ sendAt, unshownChanges: ONE_MORE })",
        ".set({ sendAt })",
      ],
    ],
  ),
  ...breakagesOf(
    "src/store/links.ts",
    [LINKS, "test/unit/service/dispatch/dispatcher.test.ts"],
    [["a link that is due at this very moment waits", "firstDueAt() > now ?", "firstDueAt() >= now ?"]],
  ),
  ...breakagesOf(
    "src/store/bulk-changes.ts",
    ["test/unit/service/queue/bulk.test.ts", "test/unit/service/access/access-changes.test.ts"],
    [
      ["a link removed with its chat stays in its prompt", "`, unshownChanges: ONE_MORE }", "` }"],
      ["a link restored with its chat is missing in its prompt", "unshownChanges: ONE_MORE,\n      })", "})"],
    ],
  ),
  ...breakagesOf(
    "src/store/link-lists.ts",
    ["test/unit/service/queue/prompts.test.ts"],
    [
      ["a chat that has blocked the bot is written to", " and chats.blocked_at is not null", " and false"],
      ["all prompts are edited at the start", '"unshown_changes" > 0', '"unshown_changes" >= 0'],
      ["a prompt whose first link is waiting is skipped", "or(inArray(links.id, latest), ", "or("],
      ["a prompt whose first link is gone is skipped", ", inArray(links.batchId, latest))", ")"],
    ],
  ),
  ...breakagesOf(
    "src/store/link-lists.ts",
    [LINKS, "test/unit/service/queue/queue.test.ts"],
    [
      ["the count of failed links is the count of all", " && of.part === undefined ? countAll()", " ? countAll()"],
      ["the count of a chat's links is the count of all", "of.chatId === undefined && ", ""],
      ["removed links are counted", "where(and(isRemoved, isOfThisChat, isOfPart(has)))", "where(sql`false`)"],
      ["removed links are never deleted", "anyRemoved.get() === undefined", "anyRemoved.get() !== undefined"],
    ],
  ),
  ...breakagesOf(
    "src/store/deletions.ts",
    [TABLES, "test/unit/service/cleanup/message-sweeper.test.ts"],
    [["a deletion that is due at this very moment waits", "firstDueAt() > ", "firstDueAt() >= "]],
  ),
  ...breakagesOf(
    "src/store/link-lists.ts",
    [LINKS, "test/unit/service/dispatch/dispatcher.test.ts"],
    [
      [
        "a link that a person postponed is sent when a downloader returns",
        '"links"."attempts" > 0',
        '"links"."attempts" >= 0',
      ],
      ["a removed link is shown", 'const isShown = sql`"links"."state" <> \'removed\'`;', "const isShown = sql`true`;"],
    ],
  ),
  ...breakagesOf(
    "src/store/link-lists.ts",
    ["test/unit/service/queue/queue.test.ts"],
    [["a clock that was ahead keeps a removed link for ever", "now + LONGEST_UNDO_MS", "Number.MAX_SAFE_INTEGER"]],
  ),
  ...breakagesOf(
    "src/store/prepared.ts",
    ["test/unit/store/prepared.test.ts"],
    [
      ['a missing value is stored as the text "null"', "value === null ? null : ", ""],
      ["each change of a row compiles a new statement", "known.set(shape, statement);", ""],
      ["a change writes columns that it leaves alone", "if (value !== undefined) shape", "shape"],
    ],
  ),
  ...breakagesOf(
    "src/store/deliveries.ts",
    [TABLES],
    [
      ["an ended download hides one in progress", "{isInWork} desc`", "{isInWork} asc`"],
      ["a download without a report does not count as waiting", ", 'NEW') = 'NEW'", ", 'WORK') = 'NEW'"],
    ],
  ),
  ...breakagesOf(
    "src/store/work-places.ts",
    [TABLES],
    [["one chat shows the downloads of all chats", "(chatId === undefined ? all()", "(true ? all()"]],
  ),
  ...breakagesOf(
    "src/store/deletions.ts",
    [TABLES],
    [["a later time postpones the deletion of a message", "sql`min(", "sql`max("]],
  ),
  ...breakagesOf(
    "src/store/attempts.ts",
    [TABLES],
    [
      [
        "a new attempt keeps the old one's count of questions",
        "{ linkId, downloader, startedAt, asks: 0 }",
        "{ linkId, downloader, startedAt }",
      ],
    ],
  ),
  ...breakagesOf(
    "src/store/superseded-submissions.ts",
    [TABLES],
    [
      [
        "the time of an earlier missing call counts for a later one",
        ".onConflictDoUpdate({ target, set })",
        ".onConflictDoNothing()",
      ],
    ],
  ),
  ...breakagesOf(
    "src/store/direct-journal.ts",
    [JOURNAL],
    [
      ["an entry that counts as kept is not on the disk", "fsyncSync(file);", ""],
      [
        "a finished entry comes back",
        "if (said.entry === null) entries.delete(said.id);",
        "if (said.entry === null) continue;",
      ],
      [
        "a torn line spoils the next one",
        `\`\\n\${JSON.stringify({ id, entry })}\``,
        `\`\${JSON.stringify({ id, entry })}\\n\``,
      ],
      ["a kill forgets who sent a link past the queue", "senderId: v.exactOptional(nullableNumber),", ""],
      ["a kill forgets the title of a link past the queue", "title: v.exactOptional(v.nullable(v.string())),", ""],
      ["an emptied journal is replayed", "attempt(() => truncateSync(path))", "path"],
    ],
  ),
  ...breakagesOf(
    "src/store/backup-files.ts",
    ["test/unit/store/backup-files.test.ts"],
    [
      ["what a kill left takes the room of the next backup", "    removeOwnUnfinished();\n", ""],
      ["another bot's backup is deleted while it is being made", "?.[1] === database) rmSync", ") rmSync"],
    ],
  ),
  ...breakagesOf(
    "src/store/integrity.ts",
    ["test/unit/store/backup-files.test.ts", "test/unit/store/repair.test.ts"],
    [["a copy of an empty file counts as the newest backup", "if (!hasTables(path))", "if (false)"]],
  ),
  ...breakagesOf(
    "src/store/processed-messages.ts",
    [TABLES],
    [
      [
        "a link added by an edit is ignored",
        "keys.filter((key) => !taken?.keys.includes(key))",
        "taken === undefined ? [...keys] : []",
      ],
      [
        "a message from the future is the latest one until then",
        '.where(lte(processedMessages.receivedAt, given("now")))',
        "",
      ],
    ],
  ),
  ...breakagesOf(
    "src/store/move-chat.ts",
    ["test/unit/store/move-chat.test.ts"],
    [
      ["a link that is being sent is dropped", "[spare.id, kept.id]", "[newer, older]"],
      ["a prompt in the new group loses its links", "kept === undefined || chatId !== to", "true"],
      [
        "old messages are deleted by id in the new group",
        "db.delete(deletions).where(eq(deletions.chatId, from)).run();",
        "",
      ],
    ],
  ),
  ...breakagesOf(
    "src/store/known-copy.ts",
    ["test/unit/store/known-copy.test.ts"],
    [
      [
        "a registration during an outage of the database is forgotten",
        "unsaved.set(name, downloader && kept(downloader))",
        "void 0",
      ],
      ["an old copy overwrites a newer database", "if (behind === undefined && writtenAt <= contentFrom) return;", ""],
      ["a revocation just before a lock never reaches the copy", "hasChanged = isRepeating;", "hasChanged = false;"],
      [
        "changes are made before the copy has been put into the database",
        "if (behind !== undefined) throw behind;",
        "",
      ],
      [
        "an emptied database is read before the copy is restored",
        "behind === undefined ? unlessUnavailable(work, repeated) : repeated()",
        "unlessUnavailable(work, repeated)",
      ],
      ["a removed downloader comes back from the copy", "if (!names.has(name)) store.downloaders.remove(name);", ";"],
      ["the copy is written at each tick", "if (!hasChanged) return;", ""],
      ["an empty copy replaces one that could not be read", "if (isRepeating && !isTrue) return;", ""],
      [
        "a registration during an outage is copied late",
        "unsaved.size === 0 && behind === undefined;",
        "behind === undefined;",
      ],
    ],
  ),
  ...breakagesOf(
    "src/store/place.ts",
    [LATE],
    [
      [
        "another program's file is overwritten",
        'const aside = moveAside(path, "replaced", now);',
        "const aside = undefined;",
      ],
      ["an old copy replaces the database that came back", "rmSync(path + WHOLE, { force: true });", ""],
    ],
  ),
  ...breakagesOf(
    "src/store/late-store.ts",
    [LATE],
    [
      [
        "a write to a deleted database file counts as kept",
        'if (!file.isInPlace()) throw new StoreUnavailable("SQLITE_READONLY_DBMOVED");',
        "",
      ],
      ["the lock is lost with its file", ".lock`)) held.use(lockInstance(path));", ".lock`)) return;"],
      [
        "a database behind a symbolic link is searched beside the link",
        "withSystemErrors(() => withoutLinks(path));",
        "path;",
      ],
      ["a failed reopening is not repeated", "isReopening = true;", ""],
      [
        "a damaged database is not replaced before a restart",
        "if (!isDamage(trouble)) throw trouble;",
        "throw trouble;",
      ],
      ["a damaged database is searched at each tick", "{ ...parts, known }", "parts"],
    ],
  ),
  ...breakagesOf(
    "src/service/cleanup/steady-clock.ts",
    ["test/unit/service/cleanup/steady-clock.test.ts"],
    [
      ["a clock is trusted at once", "? goesOn()", "? true"],
      ["a clock behind the latest message is trusted", "last <= now()", "true"],
    ],
  ),
  ...breakagesOf(
    "src/store/error-translation.ts",
    ["test/unit/store/unavailable.test.ts"],
    [["a full disk counts as a bug", "SQLITE_(FULL|", "SQLITE_("]],
  ),
  ...breakagesOf(
    "src/telegram/client/update-batch.ts",
    ["test/unit/telegram/client/update-batch.test.ts"],
    [
      ["updates are noted for ever", "!isCaughtUp || now() - startedAt < SETTLING_MS", "true"],
      ["an old update that comes late is not noted", "now() - startedAt < SETTLING_MS", "false"],
    ],
  ),
  ...breakagesOf(
    "src/store/updates-in-progress.ts",
    [TABLES],
    [["an update that kills the bot is retried for ever", "} + 1`", "}`"]],
  ),
  ...breakagesOf(
    "src/store/until-written.ts",
    ["test/unit/store/until-written.test.ts"],
    [
      ["a value from an uncommitted transaction is kept", "if (sqlite.inTransaction) return undefined;", ""],
      ["the bot's own writes go unnoticed", "known?.version !== now ||", "known === undefined ||"],
      ["another program's writes go unnoticed", " || known.log !== mark", ""],
      ["another program's writes are noticed seconds later", "LOG_EVERY_MS = 40", "LOG_EVERY_MS = 4_000"],
      ["a write without a trace in the log is never noticed", " || elapsed() >= known.until", ""],
    ],
  ),
];
