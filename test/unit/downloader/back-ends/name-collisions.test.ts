import { expect, test } from "bun:test";
import { withoutNameCollisions } from "../../../../src/downloader/back-ends/name-collisions.ts";
import type { RemoteEntry } from "../../../../src/downloader/back-ends/remote.ts";
import type { HandedEntry } from "../../../../src/downloader/hand-overs.ts";

const NOW = 1_000_000;
const entry = (link: string, of: Partial<HandedEntry> = {}): HandedEntry => ({
  ...{
    id: 1,
    link,
    userName: "[ann] films",
    maxQuality: 720,
    status: "NEW",
    name: null,
    trouble: null,
    tries: 0,
    dueAt: 0,
  },
  ...{ key: link, sentAt: null, session: null, remoteId: null, ...of },
});
const SENT = { sentAt: NOW - 1_000 };

/** The links that may be handed over now, beside those that were handed over before. */
function going(
  links: readonly HandedEntry[],
  sent: readonly HandedEntry[] = [],
  told: Record<string, Partial<RemoteEntry>> = {},
) {
  const entries = Object.entries(told).map(([key, one]) => [key, { id: key, state: "running", ...one }] as const);
  const found = { entries: new Map(entries), session: "1" };
  return withoutNameCollisions(links, { open: [...sent, ...links], found, now: NOW }).map(({ link }) => link);
}

test("withoutNameCollisions() passes one link for each file name and folder, and every link that names no file", () => {
  const [first, second, other] = ["https://a.org/1/film.mp4", "https://a.org/2/film.mp4?x=1", "ftp://a.org/other.mp4"];
  const magnets = ["magnet:?xt=urn:btih:1", "magnet:?xt=urn:btih:2"];
  expect(going([first, second, other, ...magnets].map((link) => entry(link)))).toEqual([first, other, ...magnets]);
  expect(going([entry(first), entry(second, { userName: "[ben]" })])).toEqual([first, second]);
});

test("withoutNameCollisions() passes the next link once the one before has its name, or has had none for a minute", () => {
  const [first, second] = ["https://a.org/1/film.mp4", "https://a.org/2/film.mp4"];
  expect(going([entry(second)], [entry(first, SENT)])).toEqual([]);
  expect(going([entry(second)], [entry(first, SENT)], { [first]: { state: "waiting" } })).toEqual([]);
  expect(going([entry(second)], [entry(first, SENT)], { [first]: { name: "film.mp4" } })).toEqual([second]);
  expect(going([entry(second)], [entry(first, { sentAt: NOW - 60_000 })])).toEqual([second]);
});
