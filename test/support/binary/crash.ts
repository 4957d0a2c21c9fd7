import { expect } from "bun:test";
import { type BinaryRig, USERS } from "../binary.ts";
import type { LiveMessage } from "../bot-api/message.ts";
import type { Person } from "../bot-api/people.ts";
import type { Mode } from "../downloader/mode.ts";
import type { FakeDownloader } from "../downloader.ts";
import type { Life } from "./life.ts";

/** The link that every kill is about. */
export const LINK = "https://youtube.com/watch?v=1";

/** A first run with three downloaders that accept everything, and a person who speaks English. */
export async function settle(rig: BinaryRig, mode: Mode = "ok") {
  const first = await rig.start();
  const fleet = await Promise.all(["nas", "abroad", "attic"].map((name) => rig.downloader(first, { name, mode })));
  const person = rig.api.user({ id: USERS[0], username: "ann", languageCode: "en" });
  return { first, fleet, person };
}

/** Resolves once the bot has made a call that the fake holds back. */
export function underWay(rig: BinaryRig, method: string) {
  return rig.api.waitFor((call) => call.method === method && call.response === undefined);
}

/** The first message of the bot with buttons. */
export function promptOf(rig: BinaryRig, person: Person): Promise<LiveMessage> {
  return rig.api.message(person, ({ byBot, buttons }) => byBot && buttons.length > 0);
}

/** Resolves with the downloader that gets the first SetToQueue. */
export function firstCalled(fleet: readonly FakeDownloader[]): Promise<FakeDownloader> {
  const called = fleet.map((downloader) => downloader.waitFor(({ method }) => method === "SetToQueue"));
  return Promise.any(called.map((call, index) => call.then(() => fleet[index] ?? raise())));
}

/** A deletion that was begun is repeated half a minute later; this skips the wait. */
export function passTheWait(rig: BinaryRig): void {
  rig.change("update deletions set delete_at = 0");
}

/** Goes on until the link is delivered and its messages are deleted, then checks what must hold after every crash. */
export async function finish(
  rig: BinaryRig,
  of: { person: Person; fleet: readonly FakeDownloader[]; messageId: number; life?: Life; owners?: number },
): Promise<void> {
  const life = of.life ?? (await rig.start());
  await rig.acceptedBy(LINK);
  await rig.api.gone(of.person, of.messageId);
  expect(await life.stop()).toBe(0);
  expect(rig.accepted()).toEqual([LINK]);
  expect(rig.rows("select * from links")).toEqual([]);
  const [match] = of.fleet.filter(({ accepted }) => accepted.length > 0);
  const delivery = { downloader: match?.name, url: LINK };
  expect(rig.rows("select downloader, url from deliveries")).toEqual(Array(of.owners ?? 1).fill(delivery));
  expect(rig.rows("pragma quick_check")).toEqual([{ quick_check: "ok" }]);
}

function raise(): never {
  throw new Error("There is no such downloader");
}
