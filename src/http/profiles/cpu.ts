import { type Frame, type Measured, toPprof } from "./pprof.ts";
import { type CpuProfile, SAMPLING_INTERVAL_US } from "./profiler.ts";

type CpuNode = CpuProfile["nodes"][number];

const NS_PER_US = 1_000;

/**
 * A CPU profile in the format of `go tool pprof`. As in Go's profiles, each sample counts as one sampling interval: the actual times
 * between samples include sleep.
 */
export function cpuToPprof({ nodes, startTime, endTime }: CpuProfile): Uint8Array<ArrayBuffer> {
  return toPprof(measured(nodes), {
    valueTypes: [
      ["samples", "count"],
      ["cpu", "nanoseconds"],
    ],
    period: { type: "cpu", unit: "nanoseconds", value: SAMPLING_INTERVAL_US * NS_PER_US },
    startedAt: startTime / 1_000,
    durationMs: (endTime - startTime) / 1_000,
  });
}

function* measured(nodes: readonly CpuNode[]): Generator<Measured> {
  const parents = new Map(nodes.flatMap((node) => (node.children ?? []).map((child) => [child, node] as const)));
  for (const node of nodes) {
    const hits = node.hitCount ?? 0;
    if (hits === 0) continue;
    const callers = [...callersOf(node, parents)].map((caller) => frameOf(caller));
    const ticks = node.positionTicks ?? [{ line: definedIn(node), ticks: hits }];
    for (const { line, ticks: count } of ticks) {
      const values = [count, count * SAMPLING_INTERVAL_US * NS_PER_US];
      yield { frames: [frameOf(node, line), ...callers], values };
    }
  }
}

/** From the inside out, without the root, which stands for the whole program. */
function* callersOf(node: CpuNode, parents: ReadonlyMap<number, CpuNode>): Generator<CpuNode> {
  for (let caller = parents.get(node.id); caller !== undefined; caller = parents.get(caller.id)) {
    if (caller.callFrame.functionName !== "(root)") yield caller;
  }
}

function frameOf(node: CpuNode, line = definedIn(node)): Frame {
  const { functionName, url } = node.callFrame;
  return { name: functionName || "(anonymous)", file: url.replace(/^file:\/\//, ""), line };
}

function definedIn({ callFrame }: CpuNode): number {
  return callFrame.lineNumber + 1;
}
