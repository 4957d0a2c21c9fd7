import { expect, test } from "bun:test";
import fc from "fast-check";
import { createCancellations } from "../../src/store/cancellations.ts";
import { openDatabase } from "../../src/store/database.ts";
import { createDeletions } from "../../src/store/deletions.ts";
import { createDeliveries } from "../../src/store/deliveries.ts";
import { createHeldMessages } from "../../src/store/held-messages.ts";
import { createLinks } from "../../src/store/links.ts";
import { createNews } from "../../src/store/news.ts";
import { createSupersededSubmissions } from "../../src/store/superseded-submissions.ts";
import { everyTime, type UntilWritten } from "../../src/store/until-written.ts";
import { newLink } from "../support/links.ts";

/** The queries of each tick, and the instants at which they are made. */
const INSTANTS = [0, 50, 99, 100, 101, 10_000_000];

type Database = ReturnType<typeof openDatabase>;

function tablesOf({ queries }: Database, untilWritten: UntilWritten) {
  return {
    links: createLinks(queries, untilWritten),
    deliveries: createDeliveries(queries, untilWritten),
    deletions: createDeletions(queries, untilWritten),
    cancellations: createCancellations(queries, untilWritten),
    news: createNews(queries),
    held: createHeldMessages(queries, untilWritten),
    superseded: createSupersededSubmissions(queries, untilWritten),
  };
}

type Tables = ReturnType<typeof tablesOf>;

function looksOf({ links, deliveries, deletions, cancellations, held, superseded }: Tables) {
  const atEach = <T>(look: (now: number) => T) => INSTANTS.map(look);
  return {
    due: atEach(links.dueChats),
    purgeable: atEach((now) => links.purgeable(now, 9)),
    deletions: atEach(deletions.dueChats),
    cancellations: atEach((now) => cancellations.due(now, 9)),
    places: deliveries.workPlaces(),
    downloaders: [deliveries.downloaders(), deliveries.atWork(), superseded.downloaders()],
    held: held.chats(),
    links: links.count({}),
  };
}

const at = fc.nat(3);
const instant = fc.constantFrom(0, 50, 100, 9_000_000);
const state = fc.constantFrom("queued", "uncertain", "sending", "removed", "unmatched");

/** A change of one of the tables, chosen by its kind and small numbers. */
const change = fc.oneof(
  fc.record({ id: at, sendAt: instant }).map(({ id, sendAt }) => ({ links }: Tables) => {
    links.add(newLink({ chatId: id, url: `https://x.org/${id}`, sendAt }));
  }),
  fc.record({ id: at, sendAt: instant, state }).map(({ id, ...to }) => ({ links }: Tables) => {
    links.update(id, to);
  }),
  at.map(
    (id) =>
      ({ links }: Tables) =>
        void links.remove(id),
  ),
  at.map(
    (id) =>
      ({ links }: Tables) =>
        links.claim(id),
  ),
  fc.record({ id: at, name: fc.constantFrom("nas", "abroad") }).map(({ id, name }) => ({ deliveries }: Tables) => {
    const of = { linkId: id, chatId: id % 2, threadId: null, messageId: null, sender: "ann", key: `${id}` };
    deliveries.add({ ...of, url: `https://${id}`, quality: "best", folder: null, downloader: name, acceptedAt: 1 });
  }),
  fc.record({ id: at, state: fc.constantFrom("open", "done"), status: fc.constantFrom("WORK", "NEW") }).map(
    ({ id, ...to }) =>
      ({ deliveries }: Tables) =>
        deliveries.update(id, to as object),
  ),
  fc.record({ id: at, deleteAt: instant }).map(({ id, deleteAt }) => ({ deletions }: Tables) => {
    deletions.add({ chatId: id % 2, messageId: id, deleteAt });
  }),
  fc.record({ id: at, until: instant }).map(({ id, until }) => ({ deletions }: Tables) => {
    deletions.postpone(id % 2, [id], until);
  }),
  at.map(
    (id) =>
      ({ deletions }: Tables) =>
        deletions.done(id % 2, [id]),
  ),
  fc.record({ id: at, cancelAt: instant }).map(({ id, cancelAt }) => ({ cancellations, deliveries }: Tables) => {
    if (deliveries.byId(id) !== undefined) cancellations.plan(id, cancelAt);
  }),
  at.map(
    (id) =>
      ({ cancellations }: Tables) =>
        cancellations.drop(id),
  ),
  at.map(
    (about) =>
      ({ news }: Tables) =>
        news.add({ chatId: about % 2, threadId: null, kind: "done", about, createdAt: 1 }),
  ),
  at.map(
    (id) =>
      ({ news }: Tables) =>
        news.told([id], { chatId: id % 2, messageId: 7 }),
  ),
  at.map(
    (id) =>
      ({ held }: Tables) =>
        held.hold({ chatId: id, messageId: 1, links: 1, heldAt: 1, content: {} }),
  ),
  at.map(
    (id) =>
      ({ held }: Tables) =>
        held.dropAll(id),
  ),
  at.map(
    (id) =>
      ({ superseded }: Tables) =>
        superseded.add({ key: `${id}`, downloader: `${id % 2}`, since: 1 }),
  ),
  at.map(
    (id) =>
      ({ superseded }: Tables) =>
        superseded.remove({ key: `${id}`, downloader: `${id % 2}` }),
  ),
);

const step = fc.record({ changes: fc.array(change, { minLength: 1, maxLength: 3 }), how: fc.nat(2) });

test("whatever is written or rolled back, a kept result equals that of a new query", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
      using database = openDatabase(":memory:");
      const kept = tablesOf(database, database.untilWritten);
      const fresh = tablesOf(database, everyTime);
      const agree = () => expect(looksOf(kept)).toEqual(looksOf(fresh));
      agree();
      for (const { changes, how } of steps) {
        const work = () => {
          for (const one of changes) {
            one(kept);
            agree();
          }
          if (how === 2) throw new Error("undone");
        };
        if (how === 0) work();
        else if (how === 1) database.transaction(work);
        else expect(() => database.transaction(work)).toThrow("undone");
        agree();
      }
    }),
    { numRuns: 60 },
  );
});
