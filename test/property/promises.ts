import { expect } from "bun:test";
import { keyOf } from "../../src/domain/url.ts";
import type { World } from "../unit/service/world.ts";

export const LINKS = [1, 2] as const;

/** What people were told, and may rely on. */
export interface Model {
  /** Links that have to go out, as `chat key`. */
  readonly owed: Set<string>;
  isLocked: boolean;
}

export const placeOf = (chatId: number, key: string) => `${chatId} ${key}`;
export const urlOf = (link: number, isOtherSpelling: boolean) =>
  isOtherSpelling ? `https://www.x.org/${link}?utm_source=a` : `https://x.org/${link}`;
export const everyLink = (world: World) => LINKS.flatMap((link) => world.store.links.ofKey(keyOf(urlOf(link, false))));
const deliveries = (world: World) => world.store.deliveries.since({ acceptedAt: 0 });

/** The downloaders that have begun this link, except those on record to be told to drop it. */
function holdersOf(key: string, { fleet, store }: World): string[] {
  const isSuperseded = (name: string) => store.supersededSubmissions.of(name).some((one) => one.key === key);
  return [...fleet]
    .filter(([, { taken }]) => taken.some((url) => keyOf(url) === key))
    .flatMap(([name]) => (isSuperseded(name) ? [] : name));
}

/** Compares the world with what people were told. */
export function verify(model: Model, world: World): void {
  // Links that went past the queue are stored as soon as possible.
  if (model.isLocked || world.bot.ledger.size > 0) return;
  const waiting = everyLink(world).filter(({ state }) => state !== "removed");
  const kept = new Set([...waiting, ...deliveries(world)].map(({ chatId, key }) => placeOf(chatId, key)));
  expect({ lost: [...model.owed].filter((place) => !kept.has(place)) }).toEqual({ lost: [] });
  for (const link of LINKS) {
    const key = keyOf(urlOf(link, false));
    const holders = holdersOf(key, world);
    expect({ key, holders, isOne: holders.length <= 1 }).toEqual({ key, holders, isOne: true });
  }
  for (const { key, downloader } of deliveries(world)) {
    const taken = world.fleet.get(downloader)?.taken.map(keyOf) ?? [];
    expect({ key, downloader, isThere: taken.includes(key) }).toEqual({ key, downloader, isThere: true });
  }
}
