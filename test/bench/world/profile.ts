import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
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

/** A part of the bot's work, and its share of the samples together with everything that it called. */
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

/** What `--cpu-prof` writes. */
interface Written {
  readonly nodes: readonly Node[];
  /** µs since the epoch. */
  readonly startTime: number;
  /** The node that each sample hit, and the µs since the one before. */
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** How many functions are listed, and how much of a name: the name of a regular expression is its text. */
const HOTTEST = 15;
const LONGEST_NAME = 60;

/** Which names of functions belong to which part; the innermost function that belongs to one decides. */
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
/** The same for a start, where what counts is what is loaded and begun. */
const PARTS_OF_START: typeof PARTS = [
  ["gramio", /\((@gramio|gramio|inspectable|debug)/],
  ["gRPC and its contracts", /\((@grpc|protobufjs|@protobufjs|long|src\/grpc)/],
  ["the config", /\((yaml|valibot|src\/config|src\/words)/],
  ["the database", /\((drizzle-orm|bun:sqlite|src\/store)/],
  ["metrics", /\((prom-client|@opentelemetry|tdigest|bintrees)/],
  ["Bun's own modules", /\((node:|internal:)/],
  ["the rest of the bot", /\(src\//],
];
/** The same for messages with links that come all at once. */
export const PARTS_OF_INTAKE: typeof PARTS = [
  ["commits", /^#runNoArgs \(bun:sqlite\)/],
  ["lines of log", /\((consola|src\/log)/],
  ["calls to Telegram", /\((gramio|@gramio|src\/telegram\/(outbox|client|api))|^fetch /],
  ["drawing prompts", /\(src\/telegram\/(notify|views|locales)/],
  ["reading messages", /\(src\/(telegram|domain)/],
  ["the queue and its tables", /\(src\/service/],
];
/** The same for links from their message to the end of all messages about them. */
export const PARTS_OF_LIFE: typeof PARTS = [
  ["commits", /^#runNoArgs \(bun:sqlite\)/],
  ["statements", /\((bun:sqlite|drizzle-orm|src\/store)/],
  ["gRPC", /\((@grpc|protobufjs|node:http2|src\/grpc)/],
  ["lines of log", /\((consola|src\/log)/],
  ["calls to Telegram", /\((gramio|@gramio|src\/telegram\/(outbox|client|api))|^fetch /],
  ["drawing what is shown", /\(src\/telegram\/(notify|views|locales)/],
  ["reading messages and presses", /\(src\/(telegram|domain)/],
  ["the queue, dispatch and following", /\(src\/service/],
];
/** The same for registrations. */
export const PARTS_OF_REGISTRATION: typeof PARTS = [
  ["commits", /^#runNoArgs \(bun:sqlite\)/],
  ["lines of log", /\((consola|src\/log)/],
  ["reading what is said", /\((valibot|src\/domain\/(registration|route|downloader-name)|src\/grpc\/wire)/],
  ["gRPC", /\((@grpc|protobufjs|node:http2|src\/grpc\/proto)/],
  ["who takes what, and what waits", /\(src\/service\/(dispatch|fleet\/(fleet-routing|candidates))/],
  ["the registry and its table", /\(src\/(service|store)/],
  ["alerts to admins", /\((gramio|@gramio|src\/telegram)|^fetch /],
];
const REST = "the rest";

/** The hottest functions of the given seconds, for a page. */
export async function hottest(life: Life, seconds: number): Promise<string[][]> {
  return inCells(await profile(life, seconds));
}

/** The hottest functions, for a page: their own share, the share with what they call, and the name. */
export function inCells({ functions }: Spent): string[][] {
  const named = (name: string) => `\`${name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME)}…` : name}\``;
  return functions.slice(0, HOTTEST).map(({ own, all, name }) => [inPercent(own), inPercent(all), named(name)]);
}

/** A share, for a page. */
export const inPercent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** Where the bot spends its time during the given seconds; sampled by the bot itself. */
export async function profile(life: Life, seconds: number, parts = PARTS): Promise<Spent> {
  const { port } = (await life.logs("Serving links, health and metrics")).fields;
  const url = `http://127.0.0.1:${port}/debug/pprof/profile?seconds=${seconds}&format=cpuprofile`;
  const answer = await fetch(url, { headers: { authorization: `Bearer ${HTTP_TOKEN}` } });
  if (!answer.ok) throw new Error(`No profile: ${await answer.text()}`);
  const { nodes } = (await answer.json()) as { nodes: readonly Node[] };
  return sharesIn(nodes, parts);
}

/** For `BUN_OPTIONS`: makes a process write a profile of itself into the folder when it ends. */
export const profilingInto = (folder: string): string => `--cpu-prof --cpu-prof-interval=500 --cpu-prof-dir=${folder}`;

/** Where the time went in all processes that have written into the folder, each from its start until the given instant. */
export function profileOfStarts(folder: string, until: readonly number[]): Spent {
  const files = readdirSync(folder).sort();
  const nodes = files.flatMap((file, nth) => {
    const written: Written = JSON.parse(readFileSync(join(folder, file), "utf8"));
    return nodesUntil(written, { at: until[nth] ?? 0, numberedFrom: nth * 1_000_000 });
  });
  return sharesIn(nodes, PARTS_OF_START);
}

function nodesUntil(
  { nodes, startTime, samples, timeDeltas }: Written,
  { at, numberedFrom }: { at: number; numberedFrom: number },
): Node[] {
  const hits = new Map<number, number>();
  let us = startTime;
  for (const [nth, id] of samples.entries()) {
    us += timeDeltas[nth] ?? 0;
    if (us <= at * 1_000) hits.set(id, (hits.get(id) ?? 0) + 1);
  }
  return nodes.map(({ id, callFrame, children = [] }) => ({
    id: numberedFrom + id,
    callFrame,
    hitCount: hits.get(id) ?? 0,
    children: children.map((child) => numberedFrom + child),
  }));
}

function sharesIn(nodes: readonly Node[], partsKnown: typeof PARTS): Spent {
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
    const part = partOf(stack, partsKnown);
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
function partOf(stack: ReadonlySet<string>, known: typeof PARTS): string {
  for (const name of stack) {
    const part = known.find(([, names]) => names.test(name));
    if (part !== undefined) return part[0];
  }
  return REST;
}

/** `function (file)`; the file is one of ours or a package's. */
function nameOf({ callFrame: { functionName, url } }: Node): string {
  const path = /(?:node_modules\/((?:@[^/]+\/)?[^/]+)|(src\/.+?))(?:\/|$|\?|:)/.exec(url);
  const file = path?.[1] ?? (url.includes("/src/") ? url.slice(url.lastIndexOf("/src/") + 1) : url);
  return `${functionName || "(anonymous)"} (${file})`;
}
