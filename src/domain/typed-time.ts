import { instantOf, localDay, MORNING } from "./time.ts";

/** What a typed time depends on. */
export interface TimeReading {
  /** Epoch ms. */
  readonly now: number;
  /** IANA. */
  readonly zone: string;
  /** What "tonight" means without a time of day: "HH:MM". */
  readonly night: string;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const LONGEST = 60;

/**
 * The instant meant by "23:30", "sat 10:00", "tomorrow 9", "in 40 min", "30 Nov 08:00" or the same in Russian, in epoch ms: a whole minute
 * after `now`, at most a year away. A time of day that has passed means the next day. Undefined for anything else, including a day in the
 * past.
 */
export function parseTypedTime(typed: string, reading: TimeReading): number | undefined {
  if (typed.length > LONGEST) return undefined;
  const { now, zone } = reading;
  const text = plainWords(typed);
  const span = spanOf(text);
  const at = span === undefined ? onDay(text, reading) : Math.ceil((now + span) / MINUTE_MS) * MINUTE_MS;
  const latest = localDay(now, zone).add({ years: 1 });
  return at !== undefined && at > now && at < instantOf(latest, "00:00", zone) ? at : undefined;
}

/** Replacements, made once everything is in lower case, without dots after words, and with spaces around each unit. */
const SPELLINGS: readonly (readonly [RegExp, string])[] = [
  [/ё/g, "е"],
  [/(?<=\p{L})\.|,(?!\d)|!|\.$/gu, " "],
  [/(?<=\d)(?=\p{L})|(?<=\p{L})(?=\d)/gu, " "],
  [/\s+/g, " "],
  // "23.30" is not a date; "2.25 h" is not a time of day.
  [/(?<!\S)(\d{1,2})\.(00|1[3-9]|[2-5]\d)(?!\S| [hч])/g, "$1:$2"],
  [/(?<!\S)(?:в )?(\d{1,2}) (?:ч|час|часа|часов)(?= (?:утра|дня|вечера|ночи)(?!\S))/g, "в $1"],
  [/(?<!\S)(?:half an hour|полчаса)(?!\S)/g, "30 min"],
  [/(?<!\S)полтора часа(?!\S)/g, "90 min"],
  [/(?<!\S)(?:noon|полдень|12 дня)(?!\S)/g, "12:00"],
  [/(?<!\S)(?:midnight|полночь)(?!\S)/g, "0:00"],
  [/(?<!\S)(в \d{1,2}) (?:ч|час|часа|часов)(?!\S)/g, "$1"],
  [/(?<!\S)a m(?!\S)/g, "am"],
  [/(?<!\S)p m(?!\S)/g, "pm"],
];

function plainWords(typed: string): string {
  return SPELLINGS.reduce((text, [from, to]) => text.replace(from, to), typed.toLowerCase()).trim();
}

const UNITS: readonly (readonly [RegExp, number])[] = [
  [/^(?:m|mins?|minutes?|м|мин|минут[уы]?)$/, MINUTE_MS],
  [/^(?:h|hrs?|hours?|ч|час|часа|часов)$/, HOUR_MS],
  [/^(?:d|days?|д|день|дня|дней|сутки|суток)$/, DAY_MS],
  [/^(?:w|weeks?|неделю|недели|недель)$/, 7 * DAY_MS],
];

/** "in 1 h 30 min" and "40 min" in ms; "in an hour" needs its first word. */
function spanOf(text: string): number | undefined {
  const amounts = text.replace(/^(?:in|через) /, "");
  if (amounts === text && !/^\d/.test(text)) return undefined;
  let span = 0;
  for (let rest = amounts; rest !== ""; ) {
    const part = /^(?:(?:and|и) )?(?:(\d{1,5}(?:[.,]\d+)?|an?) )?(\p{L}+)(?: |$)/u.exec(rest);
    const unit = UNITS.find(([name]) => name.test(part?.[2] ?? ""));
    if (part === null || unit === undefined) return undefined;
    span += (/^\d/.test(part[1] ?? "") ? Number(part[1]?.replace(",", ".")) : 1) * unit[1];
    rest = rest.slice(part[0].length);
  }
  return span === 0 ? undefined : span;
}

/** A time of day: with minutes, or an hour that "at", "am" or a day next to it makes into one. */
const CLOCK = /(?<!\S)(?:(at|в|к) )?(\d{1,2})(?::(\d\d))?(?: (am|pm|утра|дня|вечера|ночи))?(?!\S)/g;

/** The last number that can be the time of day is taken as it: "8 Nov 20" means 20:00. */
function onDay(text: string, reading: TimeReading): number | undefined {
  for (const found of [...text.matchAll(CLOCK)].reverse()) {
    const [whole, at, hour = "", minute, half] = found;
    const rest = `${text.slice(0, found.index)}${text.slice(found.index + whole.length)}`.replace(/\s+/g, " ").trim();
    const isAlone = at === undefined && minute === undefined && half === undefined;
    const clock = clockOf(Number(hour), minute ?? "00", half ?? halfOfNight(rest, hour));
    const days = isAlone && rest === "" ? undefined : daysOf(rest, reading);
    if (clock !== undefined && days !== undefined) return firstAfter(days, clock, reading);
  }
  if (TONIGHT.test(text)) return firstAfter(daysOf(text, reading) ?? [], reading.night, reading);
  return text === "" || TODAY.test(text) ? undefined : firstAfter(daysOf(text, reading) ?? [], MORNING, reading);
}

function clockOf(hour: number, minute: string, half: string | undefined): string | undefined {
  if (half !== undefined && (hour < 1 || hour > 12)) return undefined;
  const isLate = half === "pm" || half === "дня" || half === "вечера";
  const hours = half === undefined ? hour : (hour % 12) + (isLate ? 12 : 0);
  return hours < 24 && Number(minute) < 60 ? `${String(hours).padStart(2, "0")}:${minute}` : undefined;
}

/** "Tonight at 9" is in the evening, "tonight at 12" at midnight, and "tonight at 3" after midnight. */
function halfOfNight(day: string, hour: string): "am" | "pm" | undefined {
  const hours = Number(hour);
  if (!TONIGHT.test(day) || hour.startsWith("0") || hours > 12) return undefined;
  if (hours === 12) return "am";
  return hours >= (day === "tonight" ? 5 : 9) ? "pm" : undefined;
}

function firstAfter(days: readonly Temporal.PlainDate[], clock: string, { now, zone }: TimeReading) {
  return days.map((day) => instantOf(day, clock, zone)).find((at) => at > now);
}

const TODAY = /^(?:today|сегодня)$/;
const TONIGHT = /^(?:tonight|(?:сегодня )?ночью)$/;
const TOMORROW = /^(?:tomorrow|(?:на )?завтра)$/;
const AFTER_TOMORROW = /^(?:(?:the )?day after tomorrow|(?:на )?послезавтра)$/;
/** From Monday on. */
const WEEKDAYS = [
  /^(?:mon(?:day)?|пн|понедельник)$/,
  /^(?:tue(?:s(?:day)?)?|вт|вторник)$/,
  /^(?:wed(?:nesday)?|ср|сред[ау])$/,
  /^(?:thu(?:r(?:s(?:day)?)?)?|чт|четверг)$/,
  /^(?:fri(?:day)?|пт|пятниц[ау])$/,
  /^(?:sat(?:urday)?|сб|суббот[ау])$/,
  /^(?:sun(?:day)?|вс|воскресенье)$/,
];
const MONTHS = [
  /^(?:jan(?:uary)?|янв(?:ар[ья])?)$/,
  /^(?:feb(?:ruary)?|фев(?:р(?:ал[ья])?)?)$/,
  /^(?:mar(?:ch)?|марта?|мар)$/,
  /^(?:apr(?:il)?|апр(?:ел[ья])?)$/,
  /^(?:may|ма[йя])$/,
  /^(?:june?|июн[ья]?)$/,
  /^(?:july?|июл[ья]?)$/,
  /^(?:aug(?:ust)?|авг(?:уста?)?)$/,
  /^(?:sept?(?:ember)?|сен(?:т(?:ябр[ья])?)?)$/,
  /^(?:oct(?:ober)?|окт(?:ябр[ья])?)$/,
  /^(?:nov(?:ember)?|ноя(?:б(?:р[ья])?)?)$/,
  /^(?:dec(?:ember)?|дек(?:абр[ья])?)$/,
];

/** The days that a text can mean, with the first that has not passed first; undefined if it names none. An empty text means any day. */
function daysOf(text: string, reading: TimeReading): Temporal.PlainDate[] | undefined {
  const today = localDay(reading.now, reading.zone);
  const inDays = (...days: number[]) => days.map((n) => today.add({ days: n }));
  if (text === "" || TONIGHT.test(text)) return inDays(0, 1);
  if (TODAY.test(text)) return inDays(0);
  if (TOMORROW.test(text)) return inDays(1);
  if (AFTER_TOMORROW.test(text)) return inDays(2);
  const name = text.replace(/^(?:on|next|во?|на) /, "");
  const weekday = WEEKDAYS.findIndex((day) => day.test(name));
  if (weekday < 0) return datesOf(name, today);
  const days = (weekday + 1 - today.dayOfWeek + 7) % 7;
  return inDays(days, days + 7);
}

/** "30 nov", "nov 30", "30.11": the date in this year and in the next. */
function datesOf(text: string, today: Temporal.PlainDate): Temporal.PlainDate[] | undefined {
  const figures = /^(\d{1,2})\.(\d{1,2})$/.exec(text);
  const dayFirst = /^(\d{1,2})(?: (?:st|nd|rd|th))?(?: of)? (\p{L}+)$/u.exec(text);
  const monthFirst = /^(\p{L}+) (\d{1,2})(?: (?:st|nd|rd|th))?$/u.exec(text);
  const [, day, name] = dayFirst ?? [undefined, monthFirst?.[2], monthFirst?.[1]];
  const month = figures === null ? MONTHS.findIndex((one) => one.test(name ?? "")) + 1 : Number(figures[2]);
  const numbers = { month, day: Number(figures?.[1] ?? day) };
  const dates = [today.year, today.year + 1].flatMap((year) => dateOf({ year, ...numbers }) ?? []);
  return dates.length === 0 ? undefined : dates;
}

function dateOf(of: { year: number; month: number; day: number }): Temporal.PlainDate | undefined {
  try {
    return Temporal.PlainDate.from(of, { overflow: "reject" });
  } catch {
    return undefined;
  }
}
