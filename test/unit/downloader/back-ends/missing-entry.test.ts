import { expect, test } from "bun:test";
import { judgeMissing } from "../../../../src/downloader/back-ends/missing-entry.ts";

const known = { remoteId: "7", session: "seen 1" };
const of = { session: "seen 2", isSettled: () => false, confirm: () => true };

test("an entry missing since another start is lost, but not while the program still reads its entries", () => {
  expect(judgeMissing(known, { session: undefined, isReading: false }, of)).toBe("lost");
  let looks = 0;
  const confirm = () => {
    looks += 1;
    return true;
  };
  expect(judgeMissing(known, { session: undefined, isReading: true }, { ...of, confirm })).toBe("waits");
  expect(looks).toBe(0);
});

test("an entry that is removed while others are added counts as taken out", () => {
  const same = { ...of, session: "seen 1" };
  expect(judgeMissing(known, { session: undefined, isReading: true }, same)).toBe("taken out");
});
