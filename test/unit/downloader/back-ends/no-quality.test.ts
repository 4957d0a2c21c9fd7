import { expect, test } from "bun:test";
import { startAria2Telling, startQbittorrentTelling } from "../../../support/back-end/scripted.ts";

const { signal } = new AbortController();
const wanted = { key: "00000000000000aa", link: "magnet:?xt=urn:btih:aa", folder: "ann" };
/** The lowest, a middle one, and the best there is. */
const QUALITIES = [144, 1080, 10_000];

// The guide's pages about both say that the chosen quality has no effect.
test("aria2 gets the same request, whatever quality was chosen", async () => {
  await using aria2 = startAria2Telling(() => undefined);
  for (const maxQuality of QUALITIES) await aria2.remote.submit({ ...wanted, maxQuality }, signal);
  const [first, ...others] = aria2.calls;
  expect(first).toMatchObject({ method: "aria2.addUri", params: [[wanted.link], { gid: wanted.key }] });
  expect(others).toEqual([first, first] as typeof others);
});

test("qBittorrent gets the same request, whatever quality was chosen", async () => {
  await using program = startQbittorrentTelling([]);
  for (const maxQuality of QUALITIES) await program.remote.submit({ ...wanted, maxQuality }, signal);
  const [first, ...others] = program.posts;
  expect(first).toMatchObject({ path: "torrents/add", form: { urls: wanted.link, savepath: "/films/ann" } });
  expect(others).toEqual([first, first] as typeof others);
});
