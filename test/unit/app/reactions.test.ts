import { expect, test } from "bun:test";
import { createEvents } from "../../../src/app/events.ts";
import { connectReactions } from "../../../src/app/reactions.ts";

test("when everything due has been handed over, the message about links in work is refreshed at once", () => {
  const events = createEvents();
  const told: string[] = [];
  const telegram = { inWork: { allHandedOver: () => void told.push("shown") } };
  const of = { telegram } as unknown as Parameters<typeof connectReactions>[1];
  using _reactions = connectReactions(events, of);
  events.emit("allHandedOver");
  expect(told).toEqual(["shown"]);
});
