import { describe, expect, test } from "bun:test";
import * as v from "valibot";
import { itemsOfLists, pageSchema } from "../../../../src/downloader/back-ends/ytptube-items.ts";

/** What has become of one that has ended. */
function ended(of: Readonly<Record<string, unknown>>) {
  const items = [{ _id: "1", url: "https://films.example/1", cli: "", ...of }];
  return itemsOfLists([], v.parse(pageSchema, { items, pagination: { total_pages: 1 } }).items)[0];
}

describe("what is not on air yet is waited for", () => {
  const at = "Thu, 31 Dec 2026 20:00:00 GMT";

  // A premiere that has begun tells of its beginning by the last one only.
  test.each([{ live_in: at }, { extras: { live_in: at } }, { extras: { release_in: at } }])(
    "where it says %p",
    (of) => {
      expect(ended({ status: "not_live", ...of })).toMatchObject({ state: "waiting", comesBack: true });
    },
  );

  test.each([{}, { live_in: "" }, { live_in: null, extras: { release_in: 5 } }])("and not where it says %p", (of) => {
    expect(ended({ status: "not_live", ...of })).toMatchObject({ state: "failed" });
  });
});

describe("what is done has brought nothing", () => {
  test("where a file is there of which no byte came", () => {
    expect(ended({ status: "finished", filename: "a.mp4", downloaded_bytes: null })?.isOld).toBe(true);
  });

  test.each([
    { filename: "a.mp4", downloaded_bytes: 5 },
    { filename: "a.mp4" },
    { filename: null, downloaded_bytes: null, download_skipped: true },
  ])("and not where it says %p", (of) => {
    const found = ended({ status: "finished", ...of });
    expect([found?.state, found?.isOld]).toEqual(["done", undefined]);
  });
});
