import { expect, test } from "bun:test";
import { createUntakenLook } from "../../../../src/telegram/notify/untaken.ts";
import { createClock } from "../../../support/clock.ts";

test("300 registrations at once make prompts of unmatched links be looked up only twice", async () => {
  const clock = createClock();
  let looks = 0;
  const again = Promise.withResolvers<void>();
  const untaken = createUntakenLook({
    look() {
      looks += 1;
      if (looks === 2) again.resolve();
    },
    ...clock,
  });
  for (let nth = 0; nth < 300; nth += 1) untaken.look();
  expect(looks).toBe(1);
  clock.advance(await clock.sleeping(1_000));
  await again.promise;
  untaken.look();
  untaken.stop();
  expect(looks).toBe(2);
});
