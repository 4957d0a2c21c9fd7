import type { Texts } from "../en/en.ts";

/** `/done`: what came, in Russian. */
export const done: Texts["done"] = {
  title: (n) => `Скачано: ${n}`,
  found: (word, n) => `Скачанное по слову «${word}»: ${n}`,
  empty: "Пока ничего не скачано.",
  notFound: (word) => `Среди скачанного нет ничего с «${word}».`,
  page: (page, pages) => `страница ${page} из ${pages}`,
  before: (at) => `Уже скачано: ${at}`,
  picking: "Что скачать ещё раз?",
  full: (most) => `Очередь заполнена (${most}). Попробуйте, когда часть ссылок уйдёт.`,
  button: {
    again: "🔁 Ещё раз",
    number: (n) => `🔁 Ещё раз ${n}`,
  },
};
