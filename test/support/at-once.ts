import type { Store, Together } from "../../src/domain/storage.ts";

/** Stores each piece of work on its own, before it returns. */
export const atOnce =
  (transaction: Store["transaction"]): Together =>
  async (work) =>
    transaction(work);
