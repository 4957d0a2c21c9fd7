/** The zones that a chat can choose without typing. */
export const COMMON_ZONES = [
  ...(["Europe/London", "Europe/Berlin", "Europe/Kyiv", "Europe/Istanbul", "Europe/Moscow", "Europe/Samara"] as const),
  ...(["Asia/Tbilisi", "Asia/Almaty", "Asia/Yekaterinburg", "Asia/Novosibirsk", "Asia/Irkutsk"] as const),
  ...(["Asia/Vladivostok", "America/New_York", "America/Los_Angeles", "UTC"] as const),
] as const;

export type CommonZone = (typeof COMMON_ZONES)[number];

/** An IANA zone as `Intl` spells it; undefined if there is no such name. */
export function parseIanaZone(name: string): string | undefined {
  if (!/^[a-z]/i.test(name)) return undefined;
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}

/** The furthest from UTC that clocks are. */
const MOST_HOURS = 14;

/**
 * A zone as somebody types it, in the form that `Temporal` takes: an IANA name ("Europe/Berlin"), the city of one ("new york"), or the
 * distance from UTC ("UTC+3", "+05:30"). Undefined for anything else.
 */
export function parseZone(typed: string): string | undefined {
  const text = typed.trim();
  const [, sign, hours = "", minutes = "00"] = /^(?:UTC|GMT)?\s*([+−-])\s*(\d{1,2})(?::?([0-5]\d))?$/i.exec(text) ?? [];
  if (sign !== undefined) {
    return Number(hours) > MOST_HOURS ? undefined : `${sign === "+" ? "+" : "-"}${hours.padStart(2, "0")}:${minutes}`;
  }
  const name = text.replace(/\s+/g, "_");
  return parseIanaZone(name) ?? cityZone(name.toLowerCase());
}

function cityZone(city: string): string | undefined {
  return Intl.supportedValuesOf("timeZone").find((zone) => zone.toLowerCase().endsWith(`/${city}`));
}
