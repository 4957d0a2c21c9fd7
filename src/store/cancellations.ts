import { asc, eq, gt, lte, or } from "drizzle-orm";
import type { Cancellations } from "../domain/in-work.ts";
import { LONGEST_UNDO_MS } from "../domain/time.ts";
import { cancellations } from "./chat-schema.ts";
import type { Queries } from "./database.ts";
import { given, isAmong, listed, prepared, preparedWrite } from "./prepared.ts";
import { everyTime, type UntilWritten } from "./until-written.ts";

const isOf = eq(cancellations.deliveryId, given("deliveryId"));

/** Planned cancellations in SQLite. */
export function createCancellations(db: Queries, untilWritten: UntilWritten = everyTime): Cancellations {
  const plan = preparedWrite(cancellations, (values) => db.insert(cancellations).values(values).onConflictDoNothing());
  const among = prepared(() =>
    db.select({ id: cancellations.deliveryId }).from(cancellations).where(isAmong(cancellations.deliveryId, "ids")),
  );
  const drop = prepared(() => db.delete(cancellations).where(isOf));
  const due = prepared(() =>
    db
      .select()
      .from(cancellations)
      .where(or(lte(cancellations.cancelAt, given("now")), gt(cancellations.cancelAt, given("latest"))))
      .orderBy(asc(cancellations.cancelAt))
      .limit(given("limit")),
  );
  const any = prepared(() => db.select({ id: cancellations.deliveryId }).from(cancellations).limit(1));
  const isNonePlanned = untilWritten(() => any.get() === undefined);
  return {
    plan: (deliveryId, cancelAt) => plan({ deliveryId, cancelAt }).run({ deliveryId, cancelAt }),
    among: (deliveryIds) => new Set(among.all({ ids: listed(deliveryIds) }).map(({ id }) => id)),
    drop: (deliveryId) => drop.run({ deliveryId }),
    due: (now, limit) =>
      isNonePlanned() ? [] : due.all({ now, latest: now + LONGEST_UNDO_MS, limit }).map(({ deliveryId }) => deliveryId),
  };
}
