import { describe, expect, test } from "bun:test";
import { setImmediate } from "node:timers/promises";
import fc from "fast-check";
import { Profile } from "pprof-format";
import { cpuToPprof } from "../../../../src/http/profiles/cpu.ts";
import { heapToPprof } from "../../../../src/http/profiles/heap.ts";
import { createProfiler } from "../../../../src/http/profiles/profiler.ts";

/** A profile as a viewer shows it: each sample as `inner < outer`, with its values. */
function open(file: Uint8Array<ArrayBuffer>) {
  const profile = Profile.decode(Bun.gunzipSync(file));
  const text = (index: number | bigint) => profile.stringTable.strings[Number(index)] ?? "";
  const functions = new Map(profile.function.map((one) => [one.id, `${text(one.name)} ${text(one.filename)}`.trim()]));
  const places = new Map(
    profile.location.map(({ id, line }) => [id, line.map((at) => `${functions.get(at.functionId)}:${at.line}`).join()]),
  );
  return {
    types: profile.sampleType.map(({ type, unit }) => `${text(type)} ${text(unit)}`),
    samples: profile.sample.map(({ locationId, value }) => [
      locationId.map((id) => places.get(id)).join(" < "),
      ...value.map(Number),
    ]),
    profile,
  };
}

const frame = (functionName: string, lineNumber: number, url = "file:///src/app.ts") => ({
  callFrame: { functionName, lineNumber, url, scriptId: "1", columnNumber: 0 },
});

describe("cpuToPprof()", () => {
  test("keeps call stacks and the lines that were running", () => {
    const { types, samples, profile } = open(
      cpuToPprof({
        nodes: [
          { id: 1, ...frame("(root)", -1, ""), hitCount: 0, children: [2, 4] },
          { id: 2, ...frame("tick", 9), hitCount: 1, children: [3], positionTicks: [{ line: 12, ticks: 1 }] },
          {
            id: 3,
            ...frame("claim", 19, "file:///src/claim.ts"),
            hitCount: 5,
            positionTicks: [
              { line: 21, ticks: 3 },
              { line: 25, ticks: 2 },
            ],
          },
          { id: 4, ...frame("", 3), hitCount: 7 },
        ],
        startTime: 1_795_000_000_000_000,
        endTime: 1_795_000_002_000_000,
      }),
    );
    expect(types).toEqual(["samples count", "cpu nanoseconds"]);
    expect(samples).toEqual([
      ["tick /src/app.ts:12", 1, 1_000_000],
      ["claim /src/claim.ts:21 < tick /src/app.ts:10", 3, 3_000_000],
      ["claim /src/claim.ts:25 < tick /src/app.ts:10", 2, 2_000_000],
      ["(anonymous) /src/app.ts:4", 7, 7_000_000],
    ]);
    expect(profile.timeNanos).toBe(1_795_000_000_000_000_000n);
    expect(Number(profile.durationNanos)).toBe(2_000_000_000);
    expect(Number(profile.period)).toBe(1_000_000);
  });

  test("keeps every hit, whatever the shape of the tree", () => {
    const tree = fc.array(fc.record({ parent: fc.nat(), hits: fc.nat(50), name: fc.string({ maxLength: 3 }) }), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(tree, (shape) => {
        const nodes = [{ parent: 0, hits: 0, name: "(root)" }, ...shape].map(({ hits, name }, id) => ({
          id,
          ...frame(name, id),
          hitCount: hits,
          children: [] as number[],
        }));
        // Each is a child of an earlier one, so that there is no cycle.
        for (const [at, { parent }] of shape.entries()) nodes[parent % (at + 1)]?.children.push(at + 1);
        const { samples } = open(cpuToPprof({ nodes, startTime: 0, endTime: 1 }));
        const total = shape.reduce((sum, { hits }) => sum + hits, 0);
        expect(samples.reduce((sum, [, hits]) => sum + Number(hits), 0)).toBe(total);
      }),
      { numRuns: 50 },
    );
  });
});

describe("createProfiler()", () => {
  test("sees the function that is running", async () => {
    const stop = new AbortController();
    const taking = createProfiler().cpu(60_000, stop.signal);
    // Over several turns: the profiler needs some to start.
    for (let turn = 0; turn < 20; turn++) {
      workHard();
      await setImmediate();
    }
    stop.abort();
    const profile = await taking;
    if (profile === undefined) throw new Error("nothing was taken");
    const { samples } = open(cpuToPprof(profile));
    expect(samples.map(([stack]) => String(stack)).join("\n")).toContain("workHard");
  });

  test("takes one profile at a time, and the next one afterwards", async () => {
    const profiler = createProfiler();
    const stop = new AbortController();
    const first = profiler.cpu(60_000, stop.signal);
    expect(await profiler.cpu(1, stop.signal)).toBeUndefined();
    expect(profiler.heap()).toBeUndefined();
    stop.abort();
    expect(await first).toBeDefined();
    expect(await profiler.cpu(1, new AbortController().signal)).toBeDefined();
  });
});

describe("heapToPprof()", () => {
  test("counts live objects by class, and reveals none of their texts", () => {
    class Marked {
      readonly text = "a text that nobody may see";
    }
    const kept = Array.from({ length: 1_000 }, () => new Marked());
    const snapshot = createProfiler().heap() ?? "";
    const { types, samples, profile } = open(heapToPprof(snapshot, Date.UTC(2026, 10, 23)));
    expect(types).toEqual(["inuse_objects count", "inuse_space bytes"]);
    const [, count, bytes] = samples.find(([stack]) => String(stack).startsWith("Marked:0")) ?? [];
    expect(Number(count)).toBe(kept.length);
    expect(Number(bytes)).toBeGreaterThan(kept.length);
    expect(samples.map(([stack]) => stack)).toContain("(string):0");
    expect(snapshot).toContain("a text that nobody may see");
    expect(profile.stringTable.strings.join("\n")).not.toContain("nobody may see");
  });
});

/** Enough work for some samples on a machine of any speed. */
function workHard(): void {
  let sum = 0;
  for (let step = 0; step < 1_000_000; step++) sum += Math.sqrt(sum + 1);
}
