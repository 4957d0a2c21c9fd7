import type { BotApi } from "../bot-api.ts";

/** The chat ids of the people of the week; the first one runs the bot. */
export const IDS = { Pavel: 1, Maria: 1001, Anya: 1002, Tom: 1003, Nina: 1004 } as const;
export const YARD = -1_001_234_567_890;
const FIRST_NEIGHBOUR = 2001;
const NEIGHBOURS = 30;

/** What the people of the week read and press, as far as the week waits for it. */
export const SAID = {
  en: {
    hello: "hello",
    welcome: "Send me links",
    five: "5 links",
    best: "Quality: best",
    chosen: "Quality: 720p",
    tonight: "Tonight, 02:00",
    atNight: "Sends at 02:00",
    now: "▶️ Now",
    work: "In progress: ",
    read: "OK",
    retry: "🔁 Retry",
    lost: "no longer has",
    again: "🔁 Send again",
    duplicate: "already in the queue",
    cancel: "✖️ Cancel",
    cancelled: "will be cancelled",
    undo: "↩️ Undo",
    waiting: "8 links in the queue",
    foreign: "Only the person who sent the link, or an admin, can change it",
    before: "Again?",
    no: "No",
    removed: "🗑 Link removed",
  },
  ru: {
    hello: "привет",
    welcome: "Присылайте ссылки",
    five: "5 ссылок",
    best: "Качество: лучшее",
    chosen: "Качество: 720p",
    tonight: "Ночью, 02:00",
    atNight: "Уйдёт в 02:00",
    now: "▶️ Сейчас",
    work: "В работе: ",
    read: "Прочитано",
    retry: "🔁 Повторить",
    lost: "больше нет",
    again: "🔁 Отправить снова",
    duplicate: "уже в очереди",
    cancel: "✖️ Отменить",
    cancelled: "будет отменена",
    undo: "↩️ Вернуть",
    waiting: "В очереди 8 ссылок",
    foreign: "Изменить может тот, кто прислал ссылку, или админ",
    before: "Скачать ещё раз?",
    no: "Нет",
    removed: "🗑 Ссылка убрана",
  },
} as const;

/** A family of five whose uncle speaks the other language, and a yard of thirty with topics. */
export function createHousehold(api: BotApi, language: keyof typeof SAID) {
  const other = language === "en" ? "ru" : "en";
  const person = (id: number, firstName: string, languageCode: string = language) =>
    api.user({ id, firstName, username: firstName.toLowerCase(), languageCode, started: true });
  const family = {
    Pavel: person(IDS.Pavel, "Pavel"),
    Maria: person(IDS.Maria, "Maria"),
    Anya: person(IDS.Anya, "Anya"),
    Tom: person(IDS.Tom, "Tom", other),
    Nina: person(IDS.Nina, "Nina"),
  };
  const ids = Array.from({ length: NEIGHBOURS }, (_, n) => FIRST_NEIGHBOUR + n);
  // Every second one speaks the other language.
  const neighbours = ids.map((id, n) => person(id, `Neighbour${n + 1}`, n % 2 === 0 ? language : other));
  const yard = api.group({ id: YARD, title: "Yard", forum: true });
  return { family, neighbours, yard, films: yard.topic("Films"), said: SAID[language], saidToTom: SAID[other] };
}
