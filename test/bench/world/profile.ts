import type { Life } from "../../support/binary/life.ts";
import { HTTP_TOKEN } from "./world.ts";

/** A function, and the share of the samples that it had. */
export interface Hot {
  readonly name: string;
  /** Its own time. */
  readonly own: number;
  /** With what it called. */
  readonly all: number;
}

/** A part of the bot's work, and the share of the samples that it had with all that it called. */
export interface Part {
  readonly what: string;
  readonly share: number;
}

/** Where the bot's time goes, the hottest first. */
export interface Spent {
  readonly functions: readonly Hot[];
  readonly parts: readonly Part[];
}

interface Node {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string };
  readonly hitCount?: number;
  readonly children?: readonly number[];
}

/** So many functions are told. */
const HOTTEST = 15;

/** What names of functions belong to which part: that of the innermost function which is in one. */
const PARTS: readonly (readonly [string, RegExp])[] = [
  ["commits", /^#runNoArgs \(bun:sqlite\)/],
  ["gRPC", /\((@grpc|node:http2|src\/grpc)/],
  ["lines of log", /\((consola|src\/log)/],
  ["messages about what is in work", /\(src\/(telegram\/notify|telegram\/views|service\/tracking\/in-work)/],
  ["following what was handed over", /\(src\/service\/tracking/],
  ["deletions of messages", /\(src\/service\/cleanup\/message-sweeper/],
  ["claims and deliveries", /\(src\/service\/(dispatch|fleet|cleanup|together)/],
  ["calls to Telegram", /\((gramio|@gramio|src\/telegram)|^fetch /],
];
const REST = "the rest";

/** The hottest functions of so many seconds, for a page. */
export async function hottest(life: Life, seconds: number): Promise<string[][]> {
  return inCells(await profile(life, seconds));
}

/** The hottest functions, for a page: their own share, the share with what they call, and the name. */
export function inCells({ functions }: Spent): string[][] {
  return functions.slice(0, HOTTEST).map((hot) => [inPercent(hot.own), inPercent(hot.all), `\`${hot.name}\``]);
}

/** A share, for a page. */
export const inPercent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** Where the bot spends its time for so many seconds; sampled by the bot itself. */
export async function profile(life: Life, seconds: number): Promise<Spent> {
  const { port } = (await life.logs("Links, health and metrics are served")).fields;
  const url = `http://127.0.0.1:${port}/debug/pprof/profile?seconds=${seconds}&format=cpuprofile`;
  const answer = await fetch(url, { headers: { authorization: `Bearer ${HTTP_TOKEN}` } });
  if (!answer.ok) throw new Error(`No profile: ${await answer.text()}`);
  const { nodes } = (await answer.json()) as { nodes: readonly Node[] };
  return sharesIn(nodes);
}

function sharesIn(nodes: readonly Node[]): Spent {
  const parents = new Map(nodes.flatMap((node) => (node.children ?? []).map((child) => [child, node.id] as const)));
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const own = new Map<string, number>();
  const all = new Map<string, number>();
  const parts = new Map<string, number>();
  let total = 0;
  for (const node of nodes) {
    const hits = node.hitCount ?? 0;
    if (hits === 0 || nameOf(node).startsWith("(idle)")) continue;
    total += hits;
    own.set(nameOf(node), (own.get(nameOf(node)) ?? 0) + hits);
    const stack = new Set<string>();
    for (let at: number | undefined = node.id; at !== undefined; at = parents.get(at)) {
      const frame = byId.get(at);
      if (frame !== undefined) stack.add(nameOf(frame));
    }
    for (const name of stack) all.set(name, (all.get(name) ?? 0) + hits);
    const part = partOf(stack);
    parts.set(part, (parts.get(part) ?? 0) + hits);
  }
  return {
    functions: [...all]
      .map(([name, hits]) => ({ name, own: (own.get(name) ?? 0) / total, all: hits / total }))
      .sort((one, other) => other.own - one.own),
    parts: [...parts]
      .map(([what, hits]) => ({ what, share: hits / total }))
      .sort((one, other) => other.share - one.share),
  };
}

/** `stack`: from the innermost function. */
function partOf(stack: ReadonlySet<string>): string {
  for (const name of stack) {
    const part = PARTS.find(([, names]) => names.test(name));
    if (part !== undefined) return part[0];
  }
  return REST;
}

/** `function (file)`, where the file is one of ours or a package's. */
function nameOf({ callFrame: { functionName, url } }: Node): string {
  const path = /(?:node_modules\/((?:@[^/]+\/)?[^/]+)|(src\/.+?))(?:\/|$|\?|:)/.exec(url);
  const file = path?.[1] ?? (url.includes("/src/") ? url.slice(url.lastIndexOf("/src/") + 1) : url);
  return `${functionName || "(anonymous)"} (${file})`;
}
