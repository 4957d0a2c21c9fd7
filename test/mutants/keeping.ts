import { breakagesOf, type Mutant } from "./mutant.ts";

const LATE = "test/unit/store/late-store.test.ts";
const TABLES = "test/unit/store/tables.test.ts";
const JOURNAL = "test/unit/store/direct-journal.test.ts";
const LINKS = "test/unit/store/links.test.ts";

export const keeping: readonly Mutant[] = [
  ...breakagesOf(
    "src/store/database.ts",
    ["test/unit/store/write-ahead-log.test.ts"],
    [["a log stays as large as it once was", "const LOG_BYTES = 8 * 1024 * 1024;", "const LOG_BYTES = -1;"]],
  ),
  ...breakagesOf(
    "src/store/database.ts",
    ["test/unit/store/prepared.test.ts"],
    [["a file that was deleted stays open", "sqlite.close(true);", "sqlite.close();"]],
  ),
  ...breakagesOf(
    "src/store/steady-plans.ts",
    ["test/unit/store/prepared.test.ts"],
    [
      ["a statement is compiled at each run", "text.replace(VALUE_OR_QUOTED, withPlus)", "text"],
      ["a text is another one than was written", "|'[^']*'", ""],
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
        "what comes after a full disk is stored alone",
        "if (isWithin && !sqlite.inTransaction) throw",
        "if (isWithin && false) throw",
      ],
      ["whoever looks whether others write keeps them from it", "BEGIN IMMEDIATE; ROLLBACK;", "BEGIN IMMEDIATE;"],
      ["who has looked waits for nobody any more", "ROLLBACK; PRAGMA busy_timeout =", "ROLLBACK; PRAGMA cache_size ="],
      [
        "who has seen a lock waits for nobody any more",
        "// The probe ends at the statement that fails.\n    sqlite.run(",
        "void (",
      ],
    ],
  ),
  ...breakagesOf(
    "src/store/store.ts",
    ["test/unit/store/remembered.test.ts"],
    [
      ["what was undone is remembered of a chat", "forgetRemembered();\n      throw error;", "throw error;"],
      [
        "a chat that moved is remembered where it was",
        "moveChat(db, move));\n      forgetRemembered();",
        "moveChat(db, move));",
      ],
    ],
  ),
  ...breakagesOf(
    "src/store/chats.ts",
    ["test/unit/store/remembered.test.ts"],
    [["what a chat chooses is not heard of", "remembered.forget(chatId);\n      update", "update"]],
  ),
  ...breakagesOf(
    "src/store/links.ts",
    [LINKS, "test/unit/service/dispatch/uncertain.test.ts", "test/unit/service/dispatch/dispatcher.test.ts"],
    [
      ["two chats' links are handed over at a time", "sql`not ", "sql`1 >= "],
      [
        "links go in the order in which they came",
        ".orderBy(asc(links.sendAt), asc(links.id))",
        ".orderBy(asc(links.id))",
      ],
    ],
  ),
  ...breakagesOf(
    "src/store/links.ts",
    ["test/unit/service/queue/prompts.test.ts"],
    [
      ["what a prompt does not show makes it behind", '"keepsMessage", ', ""],
      ["a change just before the end is never shown", "(isSeen ? updateSeen : update)", "update"],
      [
        "what changes while a prompt is drawn is taken for shown",
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
        "a prompt shows for ever when a link was to go by a clock that was ahead",
        ".set({ sendAt, unshownChanges: ONE_MORE })",
        ".set({ sendAt })",
      ],
    ],
  ),
  ...breakagesOf(
    "src/store/links.ts",
    [LINKS, "test/unit/service/dispatch/dispatcher.test.ts"],
    [["what is due at this very moment waits", "firstDueAt() > now ?", "firstDueAt() >= now ?"]],
  ),
  ...breakagesOf(
    "src/store/bulk-changes.ts",
    ["test/unit/service/queue/bulk.test.ts", "test/unit/service/access/access-changes.test.ts"],
    [
      ["what was removed with its chat stands in its prompt", "`, unshownChanges: ONE_MORE }", "` }"],
      ["what has come back with its chat does not stand in its prompt", "unshownChanges: ONE_MORE,\n      })", "})"],
    ],
  ),
  ...breakagesOf(
    "src/store/link-lists.ts",
    ["test/unit/service/queue/prompts.test.ts"],
    [
      ["a chat that lets nobody write is written to", " and chats.blocked_at is not null", " and false"],
      ["all prompts are edited at the start", '"unshown_changes" > 0', '"unshown_changes" >= 0'],
      ["a prompt whose first link waits is not looked at", "or(inArray(links.id, latest), ", "or("],
      ["a prompt whose first link has gone is not looked at", ", inArray(links.batchId, latest))", ")"],
    ],
  ),
  ...breakagesOf(
    "src/store/link-lists.ts",
    [LINKS, "test/unit/service/queue/queue.test.ts"],
    [
      ["what has failed is counted as all there is", " && of.part === undefined ? countAll()", " ? countAll()"],
      ["what a chat has is counted as all there is", "of.chatId === undefined && ", ""],
      ["what was removed is counted", "where(and(isRemoved, isOfThisChat, isOfPart(has)))", "where(sql`false`)"],
      ["what was removed never goes", "anyRemoved.get() === undefined", "anyRemoved.get() !== undefined"],
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
      ["what a person put off goes when somebody is back", '"links"."attempts" > 0', '"links"."attempts" >= 0'],
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
      ["what there is not is stored as the text null", "value === null ? null : ", ""],
      ["each change of a row is built anew", "known.set(shape, statement);", ""],
      ["a column that a change leaves alone is written", "value === undefined ? [] : name", "name"],
    ],
  ),
  ...breakagesOf(
    "src/store/deliveries.ts",
    [TABLES],
    [
      ["an ended download hides the one that goes on", " = 'open' desc`", " = 'open' asc`"],
      ["what nobody has heard of yet does not wait", ", 'NEW') = 'NEW'", ", 'WORK') = 'NEW'"],
    ],
  ),
  ...breakagesOf(
    "src/store/work-places.ts",
    [TABLES],
    [["what all chats have in work is shown in one", "(chatId === undefined ? all()", "(true ? all()"]],
  ),
  ...breakagesOf(
    "src/store/deletions.ts",
    [TABLES],
    [["a later instant makes a message stay", "sql`min(", "sql`max("]],
  ),
  ...breakagesOf(
    "src/store/attempts.ts",
    [TABLES],
    [
      [
        "a new attempt counts what the old one asked",
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
        "a call that was missing long ago counts for a later one",
        ".onConflictDoUpdate({ target, set })",
        ".onConflictDoNothing()",
      ],
    ],
  ),
  ...breakagesOf(
    "src/store/direct-journal.ts",
    [JOURNAL],
    [
      ["what is said to be kept is not on the disk", "fsyncSync(file);", ""],
      [
        "what is done with comes again",
        "if (said.entry === null) entries.delete(said.id);",
        "if (said.entry === null) continue;",
      ],
      [
        "a torn line spoils the next one",
        `\`\\n\${JSON.stringify({ id, entry })}\``,
        `\`\${JSON.stringify({ id, entry })}\\n\``,
      ],
      ["a kill forgets whose a link past the queue is", "senderId: v.exactOptional(nullableNumber),", ""],
      ["a kill forgets how a link past the queue is called", "title: v.exactOptional(v.nullable(v.string())),", ""],
      ["an emptied journal is replayed", "attempt(() => truncateSync(path))", "path"],
    ],
  ),
  ...breakagesOf(
    "src/store/processed-messages.ts",
    [TABLES],
    [
      [
        "what an edit adds is not seen",
        "keys.filter((key) => !taken?.keys.includes(key))",
        "taken === undefined ? [...keys] : []",
      ],
    ],
  ),
  ...breakagesOf(
    "src/store/move-chat.ts",
    ["test/unit/store/move-chat.test.ts"],
    [
      ["a link that is being sent is dropped", "[spare.id, kept.id]", "[newer, older]"],
      ["a prompt in the new group is nobody's", "kept === undefined || chatId !== to", "true"],
      [
        "old messages are looked for in the new group",
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
        "a registration without the database is forgotten",
        "unsaved.set(name, downloader && kept(downloader))",
        "void 0",
      ],
      ["an old copy goes over what is newer", "if (behind === undefined && writtenAt <= contentFrom) return;", ""],
      ["a revocation before a lock never reaches the copy", "hasChanged = isRepeating;", "hasChanged = false;"],
      ["the copy undoes what was changed before it is in the database", "if (behind !== undefined) throw behind;", ""],
      [
        "an emptied database answers",
        "behind === undefined ? unlessUnavailable(work, repeated) : repeated()",
        "unlessUnavailable(work, repeated)",
      ],
      ["what was removed comes back from the copy", "if (!names.has(name)) store.downloaders.remove(name);", ";"],
      ["the copy is written at each tick", "if (!hasChanged) return;", ""],
      ["a copy of nobody takes the place of what could not be read", "if (isRepeating && !isTrue) return;", ""],
      [
        "a registration without the database waits to be copied",
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
        "another program's file is written over",
        'const aside = moveAside(path, "replaced", now);',
        "const aside = undefined;",
      ],
      ["an old copy takes the place of what came back", "rmSync(path + WHOLE, { force: true });", ""],
    ],
  ),
  ...breakagesOf(
    "src/store/late-store.ts",
    [LATE],
    [
      [
        "what has no name is taken for kept",
        'if (!file.isInPlace()) throw new StoreUnavailable("SQLITE_READONLY_DBMOVED");',
        "",
      ],
      ["the lock goes with its file", ".lock`)) held.use(lockInstance(path));", ".lock`)) return;"],
      ["a database behind a link is looked for beside it", "withSystemErrors(() => withoutLinks(path));", "path;"],
      ["a failed opening anew is given up", "isReopening = true;", ""],
      ["what is damaged waits for a restart", "if (!isDamage(trouble)) throw trouble;", "throw trouble;"],
      ["a damaged database is looked through at each tick", "{ ...parts, known }", "parts"],
    ],
  ),
  ...breakagesOf(
    "src/service/cleanup/steady-clock.ts",
    ["test/unit/service/cleanup/steady-clock.test.ts"],
    [["a clock is believed at once", "Number.POSITIVE_INFINITY", "0"]],
  ),
  ...breakagesOf(
    "src/store/error-translation.ts",
    ["test/unit/store/unavailable.test.ts"],
    [["a full disk is a bug", "SQLITE_(FULL|", "SQLITE_("]],
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
    [["an update that kills is begun for ever", "} + 1`", "}`"]],
  ),
  ...breakagesOf(
    "src/store/until-written.ts",
    ["test/unit/store/until-written.test.ts"],
    [
      ["what a transaction has not committed is kept", "if (sqlite.inTransaction) return undefined;", ""],
      ["what is written is not seen", "known?.version !== now ||", "known === undefined ||"],
      ["what another program writes is not seen", " || known.log !== mark", ""],
      ["what another program writes is seen seconds later", "LOG_EVERY_MS = 40", "LOG_EVERY_MS = 4_000"],
      ["what the log does not tell is never seen", " || elapsed() >= known.until", ""],
    ],
  ),
];
