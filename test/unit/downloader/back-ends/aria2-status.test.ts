import { expect, test } from "bun:test";
import { type Aria2Status, entryOf } from "../../../../src/downloader/back-ends/aria2-status.ts";

const STATUS: Aria2Status = {
  ...{ gid: "1", status: "error", totalLength: 0, completedLength: 0, dir: "/films", followedBy: [], files: [] },
};

test("entryOf() recognises a full disk by aria2's error code", () => {
  const full = entryOf({ ...STATUS, errorCode: "9", errorMessage: "Write disk cache flush failure index=0" }, []);
  expect(full).toMatchObject({ state: "failed", lacksSpace: true });
  expect(entryOf({ ...STATUS, errorCode: "3", errorMessage: "Resource not found" }, []).lacksSpace).toBeUndefined();
});
