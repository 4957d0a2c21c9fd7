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

interface Node {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string };
  readonly hitCount?: number;
  readonly children?: readonly number[];
}

/** So many functions are told. */
const HOTTEST = 15;

/** The hottest functions of so many seconds, for a page: their own share, the share with what they call, and the name. */
export async function hottest(life: Life, seconds: number): Promise<string[][]> {
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  const all = await profile(life, seconds);
  return all.slice(0, HOTTEST).map((hot) => [percent(hot.own), percent(hot.all), `\`${hot.name}\``]);
}

/** Where the bot spends its time for so many seconds, the hottest first; sampled by the bot itself. */
export async function profile(life: Life, seconds: number): Promise<Hot[]> {
  const { port } = (await life.logs("Links, health and metrics are served")).fields;
  const url = `http://127.0.0.1:${port}/debug/pprof/profile?seconds=${seconds}&format=cpuprofile`;
  const answer = await fetch(url, { headers: { authorization: `Bearer ${HTTP_TOKEN}` } });
  if (!answer.ok) throw new Error(`No profile: ${await answer.text()}`);
  const { nodes } = (await answer.json()) as { nodes: readonly Node[] };
  return sharesIn(nodes);
}

function sharesIn(nodes: readonly Node[]): Hot[] {
  const parents = new Map(nodes.flatMap((node) => (node.children ?? []).map((child) => [child, node.id] as const)));
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const own = new Map<string, number>();
  const all = new Map<string, number>();
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
  }
  return [...all]
    .map(([name, hits]) => ({ name, own: (own.get(name) ?? 0) / total, all: hits / total }))
    .sort((one, other) => other.own - one.own);
}

/** `function (file)`, where the file is one of ours or a package's. */
function nameOf({ callFrame: { functionName, url } }: Node): string {
  const path = /(?:node_modules\/((?:@[^/]+\/)?[^/]+)|(src\/.+?))(?:\/|$|\?|:)/.exec(url);
  const file = path?.[1] ?? (url.includes("/src/") ? url.slice(url.lastIndexOf("/src/") + 1) : url);
  return `${functionName || "(anonymous)"} (${file})`;
}
