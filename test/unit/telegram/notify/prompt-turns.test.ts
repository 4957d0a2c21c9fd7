import { describe, expect, test } from "bun:test";
import { createPromptTurns } from "../../../../src/telegram/notify/prompt-turns.ts";
import { createClock } from "../../../support/clock.ts";
import { turn } from "../../service/world.ts";

const ANN = 1;
const YARD = -5;

function build() {
  const clock = createClock();
  const edited: number[] = [];
  const awaited: number[] = [];
  const edit = async (batchId: number, { isAwaited } = { isAwaited: false }) =>
    void (isAwaited ? awaited : edited).push(batchId);
  return { clock, edited, awaited, turns: createPromptTurns({ edit, now: clock.now, wait: clock.wait }) };
}

describe("prompts that nobody is waiting for", () => {
  test("are edited once for everything that was handed over within some time, at its end", async () => {
    const { clock, edited, turns } = build();
    for (let links = 0; links < 50; links += 1) turns.addLater(17, ANN);
    await turn();
    expect(edited).toEqual([]);
    clock.advance(await clock.sleeping(1, 10_000));
    await turn();
    expect(edited).toEqual([17]);
    turns.addLater(17, ANN);
    clock.advance(await clock.sleeping(1, 10_000));
    await turn();
    expect(edited).toEqual([17, 17]);
  });

  test("are edited at once for anything else, but in a group not too often", async () => {
    const { clock, edited, turns } = build();
    for (const [batchId, chatId] of [
      [17, ANN],
      [18, YARD],
      [18, YARD],
    ] as const)
      turns.add(batchId, chatId);
    await turn();
    expect(edited).toEqual([17, 18]);
    clock.advance(await clock.sleeping(1, 10_000));
    await turn();
    expect(edited).toEqual([17, 18, 18]);
  });

  test("do not hold up a prompt that somebody waits for, which is drawn once after a while, also in a group", async () => {
    const { clock, edited, awaited, turns } = build();
    turns.add(18, YARD);
    for (const batchId of [18, 18, 17, 16]) turns.drawUnlessGone(batchId);
    turns.drawn(16);
    await turn();
    expect([edited, awaited]).toEqual([[18], []]);
    clock.advance(await clock.sleeping(2_000));
    await turn();
    expect([edited, awaited]).toEqual([[18], [18, 17]]);
  });

  test("are edited at the stop if that was put off", async () => {
    const { edited, turns } = build();
    turns.addLater(17, ANN);
    turns.stop();
    await turn();
    expect(edited).toEqual([17]);
  });
});
