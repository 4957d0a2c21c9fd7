import { asc, eq, lte } from "drizzle-orm";
import type { Cancellations } from "../domain/in-work.ts";
import type { Queries } from "./database.ts";
import { cancellations } from "./work-schema.ts";

/** Planned cancellations in SQLite. */
export function createCancellations(db: Queries): Cancellations {
  const of = (deliveryId: number) => eq(cancellations.deliveryId, deliveryId);
  return {
    plan: (deliveryId, cancelAt) => {
      db.insert(cancellations).values({ deliveryId, cancelAt }).onConflictDoNothing().run();
    },
    at: (deliveryId) => db.select().from(cancellations).where(of(deliveryId)).get()?.cancelAt,
    drop: (deliveryId) => {
      db.delete(cancellations).where(of(deliveryId)).run();
    },
    due: (now, limit) =>
      db
        .select()
        .from(cancellations)
        .where(lte(cancellations.cancelAt, now))
        .orderBy(asc(cancellations.cancelAt))
        .limit(limit)
        .all()
        .map(({ deliveryId }) => deliveryId),
  };
}
