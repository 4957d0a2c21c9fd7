import { customType } from "drizzle-orm/sqlite-core";
import type { Quality } from "../domain/quality.ts";

/** `best`, or the number of lines, as readable text. */
export const quality = customType<{ data: Quality; driverData: string }>({
  dataType: () => "text",
  toDriver: (value) => String(value),
  fromDriver: (value) => (value === "best" ? "best" : Number(value)),
});
