import { describe, expect, test } from "bun:test";
import type { ListEntry } from "../../../src/downloader/entry.ts";
import { downloaderTexts } from "../../../src/downloader/locales/locales.ts";
import { downloadOf, progressOf } from "../../../src/downloader/report.ts";

const ENTRY: ListEntry = {
  id: 1,
  link: "https://films.example/1",
  userName: "[ann]",
  maxQuality: 720,
  status: "NEW",
  name: "A film",
  trouble: null,
  tries: 0,
  dueAt: 0,
};
const told = (entry: Partial<ListEntry>, { isRunning = false, notNow = undefined as string | undefined } = {}) =>
  downloadOf({ ...ENTRY, ...entry }, { isRunning, notNow, texts: downloaderTexts.en });

describe("downloadOf()", () => {
  test("shows the link as it was sent, with its quality and name", () => {
    expect(told({})).toMatchObject({ url: ENTRY.link, status: "NEW", quality: "720", name: "A film" });
    expect(told({ name: null }).name).toBeUndefined();
  });

  test("calls only a final failure trouble, since its owner is told at once", () => {
    expect(told({ status: "FAILED", trouble: "no such film" })).toMatchObject({
      status: "NEW",
      remark: { kind: "trouble", text: "no such film" },
    });
    expect(told({ trouble: "no such film" }).remark).toEqual({
      kind: "activity",
      text: "will try again: no such film",
    });
  });

  test("calls the missing parts of a finished download trouble as well", () => {
    expect(told({ status: "DONE", trouble: "3: private" }).remark).toEqual({ kind: "trouble", text: "3: private" });
    expect(told({ status: "DONE" }).remark).toBeUndefined();
  });

  test("shortens names and errors, whatever a site has sent", () => {
    const long = "ф".repeat(64 * 1024);
    for (const status of ["DONE", "FAILED", "NEW"] as const) {
      expect(JSON.stringify(told({ status, name: long, trouble: long })).length).toBeLessThan(1_000);
    }
    expect(progressOf(ENTRY, { name: long }, downloaderTexts.en).filename.length).toBe(200);
  });

  test("shows a retry in progress as being downloaded, without the last error", () => {
    expect(told({ trouble: "no such film" }, { isRunning: true })).toMatchObject({ status: "WORK", remark: undefined });
  });

  test("shows why no new download begins for a link that waits and was not tried", () => {
    const notNow = "aria2 does not answer: HTTP 429";
    expect(told({}, { notNow })).toMatchObject({ status: "NEW", remark: { kind: "activity", text: notNow } });
    expect(told({ trouble: "busy" }, { notNow }).remark?.text).toBe("will try again: busy");
    expect(told({}, { notNow, isRunning: true })).toMatchObject({ status: "WORK", remark: undefined });
    for (const status of ["WHOLE", "DONE"] as const) expect(told({ status }, { notNow }).remark).toBeUndefined();
    expect(told({}, { notNow: "x".repeat(9_000) }).remark?.text).toHaveLength(500);
  });

  test("shows a file on its way to its folder as being sent", () => {
    expect(told({ status: "WHOLE" })).toMatchObject({ status: "SENDING", remark: undefined });
  });
});
