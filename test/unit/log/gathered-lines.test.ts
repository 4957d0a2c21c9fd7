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

test("lines of one turn are written together, in their order", () => {
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

test("writeNow() writes the pending lines, once", () => {
  const { written, lines, turn } = collected();
  lines.write("last words\n");
  lines.writeNow();
  turn();
  expect(written).toEqual(["last words\n"]);
});

test("disposing writes the pending lines", () => {
  const { written, lines } = collected();
  {
    using ours = lines;
    ours.write("going on\n");
  }
  written.push("last words\n");
  expect(written).toEqual(["going on\n", "last words\n"]);
});

test("it has the isTTY and columns of its stream", () => {
  const { lines } = collected();
  expect([lines.isTTY, lines.columns]).toEqual([true, 80]);
});

test("a warning or an error is written at once, with the lines before it", () => {
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

test("the real standard output has no `writeNow`, and so is not taken for a stream that gathers", () => {
  const { stdout, stderr } = process;
  expect([stdout, stderr].filter((stream) => "writeNow" in stream)).toEqual([]);
});
