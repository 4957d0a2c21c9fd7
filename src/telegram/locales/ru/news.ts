import { format } from "gramio";
import { named } from "../../../domain/text.ts";
import type { Texts } from "../en/en.ts";
import { createPlural } from "../plural.ts";
import { failure } from "./links.ts";

const { counted } = createPlural("ru");

/** What people wait for: how their links ended, in Russian. */
export const news: Texts["news"] = {
  done: (what, downloader) => format`✅ Готово: ${what} (${named(downloader)})`,
  trouble: (what, downloader, message) => format`⚠️ «${named(downloader)}» не может скачать ${what}: ${message}`,
  lost: (what, downloader) =>
    format`❓ На сервере «${named(downloader)}» больше нет ${what}; чем закончилось, неизвестно.`,
  unknown: (what, downloader) =>
    format`❓ На сервере «${named(downloader)}» больше нет ${what}. Возможно, файл уже в папке, но точно неизвестно.`,
  failed: (what, tries, why) =>
    format`❌ Не получилось отправить ${what} за ${counted(tries, "попытку", "попытки", "попыток")}.${why === null ? "" : ` ${failure(why)}`}`,
  removed: (what) => format`🗑 Ссылка убрана: ${what}`,
  again: (what) => format`🔁 Снова в очереди: ${what}`,
  summary: ({ bad, done }) =>
    [...(bad > 0 ? [`⚠️ Не готово: ${bad}`] : []), ...(done > 0 ? [`✅ Готово: ${done}`] : [])].join(" · "),
  page: (page, pages) => `Страница ${page} из ${pages}`,
  oneByOne: "Выберите ссылку:",
  servers: (what) => format`На каком сервере скачать ${what}?`,
  noOther: "Другого сервера для неё нет",
  sender: "отправитель",
  queuedAgain: "Снова в очереди",
  queuedAlready: "Уже в очереди",
  allQueued: (n) => `Снова в очереди: ${n}`,
  notYet: "Я ещё отправляю это сообщение. Нажмите ещё раз через несколько секунд.",
  read: (line) => `✔️ ${line}`,
  readLine: "Прочитано",
  button: {
    ok: "Прочитано",
    retry: "🔁 Повторить",
    again: "🔁 Отправить снова",
    retryAll: (n) => `🔁 Повторить все: ${n}`,
    againAll: (n) => `🔁 Отправить все снова: ${n}`,
    server: "🖥 Другой сервер",
    remove: "🗑 Убрать",
    undo: "↩️ Вернуть",
    copy: "📋 Скопировать адрес",
    oneByOne: "По одной",
    previous: "‹ Предыдущая страница",
    next: "Следующая страница ›",
  },
};
