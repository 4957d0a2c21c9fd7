/** When a chat's news makes no sound: from one full hour to another, of its time zone. */
export interface QuietHours {
  /** 0 to 23. */
  readonly from: number;
  /** 0 to 23; if it is less than `from`, on the next day. */
  readonly to: number;
}

/** What a chat can choose, as `parseQuietHours` reads it. */
export const QUIET_HOURS = ["22-07", "22-09", "23-08", "00-09"] as const;

/** `23-08` as hours; undefined for anything else. */
export function parseQuietHours(text: string): QuietHours | undefined {
  const [, from, to] = /^(\d\d)-(\d\d)$/.exec(text) ?? [];
  const hours = { from: Number(from), to: Number(to) };
  return hours.from < 24 && hours.to < 24 && hours.from !== hours.to ? hours : undefined;
}

/** Whether `at` (epoch ms) lies within the hours in `zone` (IANA): from the first minute of `from` to the last before `to`. */
export function isQuietAt({ from, to }: QuietHours, { at, zone }: { at: number; zone: string }): boolean {
  const { hour } = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);
  return from < to ? hour >= from && hour < to : hour >= from || hour < to;
}
