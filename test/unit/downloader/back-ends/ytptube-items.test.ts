import { describe, expect, test } from "bun:test";
import * as v from "valibot";
import { itemsOfLists, pageSchema } from "../../../../src/downloader/back-ends/ytptube-items.ts";

/** An item that has ended like this. */
function ended(of: Readonly<Record<string, unknown>>, retries?: number) {
  const items = [{ _id: "1", url: "https://films.example/1", cli: "", ...of }];
  return itemsOfLists([], v.parse(pageSchema, { items, pagination: { total_pages: 1 } }).items, retries)[0];
}

describe("a stream that is not yet on air is waited for", () => {
  const at = "Thu, 31 Dec 2026 20:00:00 GMT";

  // A premiere that has begun shows its start in the last one only.
  test.each([{ live_in: at }, { extras: { live_in: at } }, { extras: { release_in: at } }])("when it says %p", (of) => {
    expect(ended({ status: "not_live", ...of })).toMatchObject({ state: "waiting", comesBack: true });
  });

  test.each([{}, { live_in: "" }, { live_in: null, extras: { release_in: 5 } }])("but not when it says %p", (of) => {
    expect(ended({ status: "not_live", ...of })).toMatchObject({ state: "failed" });
  });
});

describe("a finished download counts as old", () => {
  test("when its file is there and not a byte arrived", () => {
    expect(ended({ status: "finished", filename: "a.mp4", downloaded_bytes: null })?.isOld).toBe(true);
  });

  test.each([
    { filename: "a.mp4", downloaded_bytes: 5 },
    { filename: "a.mp4" },
    { filename: null, downloaded_bytes: null, download_skipped: true },
  ])("but not when it says %p", (of) => {
    const found = ended({ status: "finished", ...of });
    expect([found?.state, found?.isOld]).toEqual(["done", undefined]);
  });
});

describe("a failed download is expected to be tried again", () => {
  const error = "ERROR: unable to download video data: HTTP Error 403: Forbidden";

  test.each([{ error }, { error: "ERROR: 12 bytes read, 99 more expected" }, { error, extras: { retry_attempt: 1 } }])(
    "when it says %p, with two retries configured",
    (of) => {
      expect(ended({ status: "error", ...of }, 2)).toMatchObject({
        state: "failed",
        comesBack: true,
        detail: of.error,
      });
    },
  );

  test.each([
    [{ status: "error", error }, undefined],
    [{ status: "error", error }, Number("often")],
    [{ status: "error", error, extras: { retry_attempt: 2 } }, 2],
    [{ status: "error", error: "ERROR: Video unavailable" }, 2],
    [{ status: "cancelled", error }, 2],
  ])("but not when it says %p, with %p retries configured", (of, retries) => {
    const found = ended(of, retries);
    expect([found?.state, found?.comesBack]).toEqual(["failed", undefined]);
  });
});
