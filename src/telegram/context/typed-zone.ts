import { COMMON_ZONES, parseZone } from "../../domain/zone.ts";
import { texts } from "../locales/locales.ts";

/** A time zone as somebody types it: one of those offered, by its name in either language, or anything that `parseZone` reads. */
export function readZone(typed: string): string | undefined {
  const city = typed.trim().toLowerCase();
  const isMeant = (name: string) => name.toLowerCase() === city;
  const offered = COMMON_ZONES.find((zone) =>
    Object.values(texts).some(({ settings }) => isMeant(settings.zones[zone])),
  );
  return offered ?? parseZone(typed);
}
