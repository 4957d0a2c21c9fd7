import type { Store, Together } from "../../src/domain/storage.ts";

/** Stores before it returns, each for itself. */
export const atOnce =
  (transaction: Store["transaction"]): Together =>
  async (work) =>
    transaction(work);
