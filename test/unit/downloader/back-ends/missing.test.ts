import { expect, test } from "bun:test";
import { whatIsMissing } from "../../../../src/downloader/back-ends/missing.ts";

const known = { remoteId: "7", session: "seen 1" };
const of = { session: "seen 2", isSettled: () => false, isBelieved: () => true };

test("an entry missing since another start is lost, but not while the program still reads its entries", () => {
  expect(whatIsMissing(known, { session: undefined, isReading: false }, of)).toBe("lost");
  let looks = 0;
  const isBelieved = () => {
    looks += 1;
    return true;
  };
  expect(whatIsMissing(known, { session: undefined, isReading: true }, { ...of, isBelieved })).toBe("waits");
  expect(looks).toBe(0);
});

test("an entry that is removed while others are added counts as taken out", () => {
  const same = { ...of, session: "seen 1" };
  expect(whatIsMissing(known, { session: undefined, isReading: true }, same)).toBe("taken out");
});
