import { afterAll, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StoreUnavailable } from "../../../src/domain/storage.ts";
import { openKnownCopy } from "../../../src/store/known-copy.ts";
import { openStore } from "../../../src/store/store.ts";
import { createRecordingLog } from "../../support/recording-log.ts";

const folder = mkdtempSync(join(tmpdir(), "dwld-bot-known-"));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;
const place = () => join(folder, `${++files}.known`);

const nas = { name: "nas", roots: ["x.org"], host: "10.0.0.1", port: 1, registeredAt: 5, paused: false };
const heard = { ...nas, lastSeenAt: 9, failures: 2 };
const grant = { id: 7, role: "guest", until: 99, name: "Eve", grantedBy: 1, grantedAt: 3 } as const;

const gone = {
  downloaders: { all: fail, save: fail, remove: fail },
  grants: { all: fail, save: fail, remove: fail },
  chats: { all: fail, byId: fail, update: fail },
};
function fail(): never {
  throw new StoreUnavailable("SQLITE_BUSY");
}
const open = (path: string, store: Parameters<typeof openKnownCopy>[1] = gone, log = createRecordingLog()) =>
  openKnownCopy(path, store, log);

describe("the copy of what the database knows", () => {
  test("answers while the database cannot be read", () => {
    using store = openStore(":memory:");
    const path = place();
    const copy = open(path, store);
    copy.tables.downloaders.save(heard);
    copy.tables.grants.save(grant);
    copy.tables.chats.update(7, { language: "ru", quality: 720 });
    copy.save();
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const { tables } = open(path);
    expect(tables.downloaders.all()).toEqual([{ ...nas, lastSeenAt: null, failures: 0 }]);
    expect(tables.grants.all()).toEqual([grant]);
    expect(tables.chats.byId(7)).toMatchObject({ language: "ru", quality: 720, folder: null });
    expect(tables.chats.byId(8)).toBeUndefined();
  });

  test("is not written again for how a downloader was last heard of, nor when nothing has changed", () => {
    using store = openStore(":memory:");
    const path = place();
    const copy = open(path, store);
    copy.tables.downloaders.save(heard);
    copy.save();
    writeFileSync(path, "as it was");
    copy.tables.downloaders.save({ ...heard, lastSeenAt: 10, failures: 0 });
    copy.save();
    copy.save();
    expect(readFileSync(path, "utf8")).toBe("as it was");
    copy.tables.downloaders.remove("nas");
    copy.save();
    expect(open(path).tables.downloaders.all()).toEqual([]);
  });

  test("knows who registered and who was removed while the database could not be written", () => {
    using store = openStore(":memory:");
    const path = place();
    store.downloaders.save({ ...heard, name: "old" });
    const copy = open(path, { ...store, downloaders: { ...gone.downloaders, all: store.downloaders.all } });
    expect(() => copy.tables.downloaders.save(heard)).toThrow(StoreUnavailable);
    expect(() => copy.tables.downloaders.remove("old")).toThrow(StoreUnavailable);
    copy.save();
    // The next life, in which the database works, but has not heard of it.
    const next = open(path, store);
    expect(next.tables.downloaders.all().map(({ name }) => name)).toEqual(["nas"]);
    next.tables.downloaders.save(heard);
    next.tables.downloaders.remove("old");
    next.save();
    store.downloaders.remove("nas");
    expect(open(path, store).tables.downloaders.all()).toEqual([]);
  });

  test("is no reason to fail where it cannot be read or written", () => {
    const path = place();
    mkdirSync(path);
    const log = createRecordingLog();
    const copy = open(path, gone, log);
    copy.save();
    expect([copy.tables.downloaders.all(), copy.tables.grants.all()]).toEqual([[], []]);
    expect(log.at("warn")).toContain("Cannot write the copy of what the database knows");
    const torn = place();
    writeFileSync(torn, '{"downloaders":[');
    expect(open(torn).tables.downloaders.all()).toEqual([]);
  });
});
