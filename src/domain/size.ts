const UNITS: Readonly<Record<string, number>> = { "": 1, K: 1e3, M: 1e6, G: 1e9, T: 1e12 };

/** `500M`, `2G`, `1.5G` as bytes, in units of a thousand; undefined if it is no size, or too large to be exact. */
export function parseSize(text: string): number | undefined {
  const [, number, unit = ""] = /^(\d+(?:\.\d+)?)([KMGT]?)B?$/i.exec(text) ?? [];
  const bytes = Math.round(Number(number) * (UNITS[unit.toUpperCase()] ?? 1));
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}
