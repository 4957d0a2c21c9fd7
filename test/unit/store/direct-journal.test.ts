import { afterAll, describe, expect, test } from "bun:test";
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DirectEntry } from "../../../src/domain/direct.ts";
import { openDirectJournal } from "../../../src/store/direct-journal.ts";
import { createRecordingLog } from "../../support/recording-log.ts";

const folder = mkdtempSync(join(tmpdir(), "dwld-bot-journal-"));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;
const place = () => join(folder, `${++files}.direct`);
const open = (path: string, log = createRecordingLog()) => openDirectJournal(path, log);

const waiting: DirectEntry = {
  link: {
    chatId: 1,
    threadId: null,
    messageId: 7,
    sender: "ann",
    senderId: 11,
    title: "Ёлка",
    url: "https://x.org/1\n“ё”",
    key: "x.org/1%E2%80%9C%D1%91%E2%80%9D",
    quality: "best",
    folder: null,
    sendAt: 5,
    createdAt: 5,
  },
  state: "waiting",
  downloader: null,
  superseded: [],
};
const accepted: DirectEntry = {
  ...{ ...waiting, state: "accepted", downloader: "nas" },
  ...{ superseded: ["abroad"], alsoIn: [8] },
};

describe("the journal beside the database", () => {
  test("keeps the last state of each entry for the next start, without finished ones", () => {
    const path = place();
    const journal = open(path);
    expect([journal.left().size, journal.write(1, waiting), journal.write(2, waiting)]).toEqual([0, true, true]);
    journal.write(1, accepted);
    journal.write(2, null);
    expect([...open(path).left()]).toEqual([[1, accepted]]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test("removes several entries with one write", () => {
    const path = place();
    const journal = open(path);
    for (const id of [1, 2, 3]) journal.write(id, waiting);
    expect(journal.forget([1, 3])).toBe(true);
    expect([...open(path).left().keys()]).toEqual([2]);
  });

  test("reads entries of an older version, without the sender's id and the title", () => {
    const path = place();
    const { senderId, title, ...link } = waiting.link;
    open(path).write(1, { ...waiting, link });
    expect([...open(path).left()]).toEqual([[1, { ...waiting, link }]]);
  });

  test("computes the keys anew, whichever version wrote the entries", () => {
    const path = place();
    open(path).write(1, { ...waiting, link: { ...waiting.link, url: "https://youtu.be/A", key: "youtu.be/A" } });
    expect(open(path).left().get(1)?.link.key).toBe("youtube.com/watch?v=A");
  });

  test("is empty after clear(), and can be written again", () => {
    const path = place();
    const journal = open(path);
    journal.write(1, waiting);
    journal.clear();
    expect([open(path).left().size, readFileSync(path, "utf8")]).toEqual([0, ""]);
    journal.write(2, accepted);
    expect([...open(path).left().keys()]).toEqual([2]);
  });

  test("skips a line that a kill cut off, and malformed lines", () => {
    const path = place();
    open(path).write(1, waiting);
    appendFileSync(path, '\n{"id":2,"entry":{"link":{"chatId":1,"ur');
    open(path).write(3, accepted);
    appendFileSync(path, '\nnull\n{"id":4,"entry":{"state":"odd"}}\n[]');
    expect([...open(path).left().keys()]).toEqual([1, 3]);
  });

  test("returns false and logs a warning if it cannot be written, without throwing", () => {
    const path = place();
    mkdirSync(path);
    const log = createRecordingLog();
    const journal = open(path, log);
    expect([journal.left().size, journal.write(1, waiting)]).toEqual([0, false]);
    expect([journal.forget([1]), journal.clear()]).toEqual([false, false]);
    expect(log.at("warn")).toContain("Cannot use the journal of links that bypass the queue");
  });

  test("returns false if a write cannot be synced to the disk", () => {
    // /dev/null accepts every write and cannot be synced.
    expect(open("/dev/null").write(1, waiting)).toBe(false);
  });
});
