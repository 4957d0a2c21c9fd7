import type { Language } from "../../domain/chat.ts";
import { once } from "../../domain/once.ts";
import type { QuietHours } from "../../domain/quiet-hours.ts";

/** How a language says how long ago something was, and how much of a file is there. */
export function createAmounts(
  language: Language,
  words: { readonly justNow: string; readonly of: string; readonly mebibytes: string; readonly gibibytes: string },
) {
  const relative = once(() => new Intl.RelativeTimeFormat(language));
  const size = once(() => new Intl.NumberFormat(language, { maximumFractionDigits: 1 }));
  return {
    ago(ms: number): string {
      const minutes = Math.floor(ms / 60_000);
      if (minutes < 1) return words.justNow;
      if (minutes < 60) return relative().format(-minutes, "minute");
      const hours = Math.floor(minutes / 60);
      return hours < 48 ? relative().format(-hours, "hour") : relative().format(-Math.floor(hours / 24), "day");
    },
    /** MiB in words; from 1 GiB on in GiB. A `total` of 0 is not known. */
    sizes(current: number, total: number): string {
      const [unit, name] =
        Math.max(current, total) < 1024 ? ([1, words.mebibytes] as const) : ([1024, words.gibibytes] as const);
      const of = total > 0 ? ` ${words.of} ${size().format(total / unit)}` : "";
      return `${size().format(current / unit)}${of} ${name}`;
    },
  };
}

/**
 * How a language says a duration that somebody has set: exactly, in the largest unit that divides it (`90 s`, `10 min`, `2 h`). Parts of a
 * second are rounded; the least is a second.
 */
export function createDuration(units: { readonly seconds: string; readonly minutes: string; readonly hours: string }) {
  return (ms: number): string => {
    const seconds = Math.max(1, Math.round(ms / 1000));
    if (seconds % 60 !== 0) return `${seconds} ${units.seconds}`;
    const minutes = seconds / 60;
    return minutes % 60 === 0 ? `${minutes / 60} ${units.hours}` : `${minutes} ${units.minutes}`;
  };
}

/** `23:00–08:00`, in any language. */
export const quietHours = ({ from, to }: QuietHours): string => `${clock(from)}–${clock(to)}`;

/** `Europe/Berlin` as it is, `+03:00` as `UTC+03:00`. */
export const zoneName = (zone: string): string => zone.replace(/^(?=[+-])/, "UTC");

const clock = (hour: number) => `${String(hour).padStart(2, "0")}:00`;
