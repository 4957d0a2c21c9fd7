import { parseSize } from "../domain/size.ts";
import { withoutInvisibleEnds } from "../domain/text.ts";
import { parseIanaZone } from "../domain/zone.ts";
import type { Mistakes } from "../words/words.ts";
import { asText, field } from "./field.ts";

// `setTimeout` fires at once if asked to wait longer than 2^31 - 1 ms, a little less than 25 days.
const longestMs = 24 * 86_400_000;

const unitsMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `90s`, `10m`, `1.5h` in milliseconds; undefined if it is not a duration. */
export function parseDuration(input: unknown): number | undefined {
  const match = typeof input === "string" ? /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)$/.exec(input.trim()) : null;
  const unit = unitsMs[match?.[2] ?? ""];
  return unit === undefined ? undefined : Math.round(Number(match?.[1]) * unit);
}

interface DurationLimits {
  readonly least?: number;
  readonly most?: number;
  readonly limits?: (expected: Mistakes["expected"]) => string;
}

/** A duration in ms; by default more than zero, and short enough for a timer. */
export function duration({
  least = 1,
  most = longestMs,
  limits = ({ moreThanNothing }) => moreThanNothing("24d"),
}: DurationLimits = {}) {
  return field({
    expected: ({ expected }) => expected.duration(limits(expected)),
    parse: (input) => {
      const ms = parseDuration(input);
      return ms !== undefined && ms >= least && ms <= most ? ms : undefined;
    },
    hint: (input, hints) => (/^\d+$/.test(asText(input)) ? hints.unit(asText(input)) : undefined),
  });
}

/** A whole number from YAML or text; undefined if it is not one, or too large to be exact. */
export function parseInteger(input: unknown): number | undefined {
  const number = typeof input === "string" && /^\s*-?\d+\s*$/.test(input) ? Number(input) : input;
  return typeof number === "number" && Number.isSafeInteger(number) ? number : undefined;
}

/** A whole number from `least` to `most`. */
export function integer(least: number, most: number) {
  return field({
    expected: ({ expected }) => expected.integer(least, most),
    parse: (input) => {
      const number = parseInteger(input);
      return number !== undefined && number >= least && number <= most ? number : undefined;
    },
  });
}

/** The id of a chat or a user (Bot API: at most 52 significant bits; a group's is negative). */
export function chatId() {
  return field({
    expected: ({ expected }) => expected.chatId,
    parse: (input) => parseInteger(input) || undefined,
    hint: (input, hints) => (typeof input === "string" && input.startsWith("@") ? hints.nameIsNoId : undefined),
  });
}

/** One of some words. */
export function oneOf<const T extends string>(words: readonly T[]) {
  return field({
    expected: ({ expected }) => expected.oneOf(words.join(", ")),
    parse: (input) => words.find((word) => word === input),
  });
}

const BOOLEANS: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  on: true,
  false: false,
  no: false,
  off: false,
};

/** Yes or no. */
export function boolean() {
  return field({
    expected: ({ expected }) => expected.boolean,
    parse: (input) => BOOLEANS[asText(input).toLowerCase()],
  });
}

/** A path, or "". Invisible characters at its ends, such as the `\r` of a file from Windows, are not part of it. */
export function path({ needed = false } = {}) {
  return field({
    expected: ({ expected }) => (needed ? expected.path : expected.pathOrNothing),
    parse: (input) => {
      const text = typeof input === "string" ? withoutInvisibleEnds(input) : undefined;
      return text === undefined || (text === "" && needed) || /\p{Cc}/u.test(text) ? undefined : text;
    },
    hint: (input, hints) => (/\p{Cc}/u.test(withoutInvisibleEnds(asText(input))) ? hints.control : undefined),
  });
}

/** Bytes, written as `500M` or `2G`. */
export function size() {
  return field({ expected: ({ expected }) => expected.size, parse: (input) => parseSize(asText(input)) });
}

/** One argument for a program. */
export function argument() {
  return field({
    expected: ({ expected }) => expected.argument,
    parse: (input) => asText(input) || undefined,
  });
}

/** A time of day as `HH:MM`, in `time_zone`. */
export function timeOfDay() {
  return field({
    expected: ({ expected }) => expected.timeOfDay,
    parse: (input) => (/^([01]?\d|2[0-3]):[0-5]\d$/.test(asText(input)) ? asText(input).padStart(5, "0") : undefined),
  });
}

/** An IANA zone as `Intl` spells it; "" means the machine's. */
export function timeZone() {
  return field({
    expected: ({ expected }) => expected.timeZone,
    parse: (input) => {
      if (input === "") return Intl.DateTimeFormat().resolvedOptions().timeZone;
      return typeof input === "string" ? parseIanaZone(input) : undefined;
    },
  });
}
