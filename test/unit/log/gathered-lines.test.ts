import { expect, test } from "bun:test";
import { gatherLines } from "../../../src/log/gathered-lines.ts";
import { createLog } from "../../../src/log/log.ts";

function collected() {
  const written: string[] = [];
  const turns: (() => void)[] = [];
  const stream = { write: (text: string) => void written.push(text), isTTY: true, columns: 80 };
  const lines = gatherLines(stream, (work) => turns.push(work));
  const turn = () => {
    for (const work of turns.splice(0)) work();
  };
  return { written, lines, turn };
}

test("what is said in one turn is written at once, in its order", () => {
  const { written, lines, turn } = collected();
  lines.write("one\n");
  lines.write("two\n");
  expect(written).toEqual([]);
  turn();
  lines.write("three\n");
  turn();
  turn();
  expect(written).toEqual(["one\ntwo\n", "three\n"]);
});

test("what is not written yet when the process ends is written then, once", () => {
  const { written, lines, turn } = collected();
  lines.write("last words\n");
  lines.writeNow();
  turn();
  expect(written).toEqual(["last words\n"]);
});

test("what is not written yet when it is disposed is written before what is said past it", () => {
  const { written, lines } = collected();
  {
    using ours = lines;
    ours.write("going on\n");
  }
  written.push("last words\n");
  expect(written).toEqual(["going on\n", "last words\n"]);
});

test("it looks like the stream that it writes to", () => {
  const { lines } = collected();
  expect([lines.isTTY, lines.columns]).toEqual([true, 80]);
});

test("what is wrong is written at once, with what was said before", () => {
  const { written, lines } = collected();
  const log = createLog({
    level: "debug",
    format: "journal",
    env: {},
    stdout: { ...lines, isTTY: false },
    now: () => 0,
  });
  log.info("Going on");
  log.debug("Looking");
  expect(written).toEqual([]);
  log.warn("Something is odd");
  log.info("Going on all the same");
  expect(written).toHaveLength(1);
  log.error("Cannot go on");
  expect(written.map((text) => text.trimEnd().split("\n").length)).toEqual([3, 2]);
});

test("the real standard output, which has a `flush` that is no function, is not taken for one that gathers", () => {
  const { stdout, stderr } = process;
  expect([stdout, stderr].filter((stream) => "writeNow" in stream)).toEqual([]);
});
