import type { CommonZone } from "../../../domain/zone.ts";

/** The time zones that are offered, by a city of each, in Russian. */
export const zones: Readonly<Record<CommonZone, string>> = {
  "Europe/London": "Лондон",
  "Europe/Berlin": "Берлин",
  "Europe/Kyiv": "Киев",
  "Europe/Istanbul": "Стамбул",
  "Europe/Moscow": "Москва",
  "Europe/Samara": "Самара",
  "Asia/Tbilisi": "Тбилиси",
  "Asia/Almaty": "Алматы",
  "Asia/Yekaterinburg": "Екатеринбург",
  "Asia/Novosibirsk": "Новосибирск",
  "Asia/Irkutsk": "Иркутск",
  "Asia/Vladivostok": "Владивосток",
  "America/New_York": "Нью-Йорк",
  "America/Los_Angeles": "Лос-Анджелес",
  UTC: "UTC",
};
