import { asc, eq, lte } from "drizzle-orm";
import type { Cancellations } from "../domain/in-work.ts";
import type { Queries } from "./database.ts";
import { given, isAmong, listed, prepared, preparedWrite } from "./prepared.ts";
import { cancellations } from "./work-schema.ts";

const isOf = eq(cancellations.deliveryId, given("deliveryId"));

/** Planned cancellations in SQLite. */
export function createCancellations(db: Queries): Cancellations {
  const plan = preparedWrite(cancellations, (values) => db.insert(cancellations).values(values).onConflictDoNothing());
  const at = prepared(() => db.select().from(cancellations).where(isOf));
  const among = prepared(() =>
    db.select({ id: cancellations.deliveryId }).from(cancellations).where(isAmong(cancellations.deliveryId, "ids")),
  );
  const drop = prepared(() => db.delete(cancellations).where(isOf));
  const due = prepared(() =>
    db
      .select()
      .from(cancellations)
      .where(lte(cancellations.cancelAt, given("now")))
      .orderBy(asc(cancellations.cancelAt))
      .limit(given("limit")),
  );
  return {
    plan: (deliveryId, cancelAt) => plan({ deliveryId, cancelAt }).run({ deliveryId, cancelAt }),
    at: (deliveryId) => at.get({ deliveryId })?.cancelAt,
    among: (deliveryIds) => new Set(among.all({ ids: listed(deliveryIds) }).map(({ id }) => id)),
    drop: (deliveryId) => drop.run({ deliveryId }),
    due: (now, limit) => due.all({ now, limit }).map(({ deliveryId }) => deliveryId),
  };
}
