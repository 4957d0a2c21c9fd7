import type { CommonZone } from "../../../domain/zone.ts";

/** The time zones that are offered, by a city of each, in English. */
export const zones: Readonly<Record<CommonZone, string>> = {
  "Europe/London": "London",
  "Europe/Berlin": "Berlin",
  "Europe/Kyiv": "Kyiv",
  "Europe/Istanbul": "Istanbul",
  "Europe/Moscow": "Moscow",
  "Europe/Samara": "Samara",
  "Asia/Tbilisi": "Tbilisi",
  "Asia/Almaty": "Almaty",
  "Asia/Yekaterinburg": "Yekaterinburg",
  "Asia/Novosibirsk": "Novosibirsk",
  "Asia/Irkutsk": "Irkutsk",
  "Asia/Vladivostok": "Vladivostok",
  "America/New_York": "New York",
  "America/Los_Angeles": "Los Angeles",
  UTC: "UTC",
};
