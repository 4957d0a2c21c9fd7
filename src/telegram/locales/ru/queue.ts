import type { Texts } from "../en/en.ts";
import { createPlural } from "../plural.ts";
import { links } from "./links.ts";

const { form } = createPlural("ru");

/** The parts of `/queue`, and what is done to all links of one, in Russian. */
export const queue: Texts["queue"] = {
  filter: { all: "Текущие", waiting: "Ждут", work: "В работе", failed: "Не получилось", done: "Готово" },
  counted: (what, n) => `${what}: ${n}`,
  shown: (filter) => `${filter} (показано)`,
  nothing: {
    waiting: "Ничего не ждёт отправки.",
    work: "В работе ничего нет.",
    failed: "Неудачных ссылок нет.",
    done: "Пока ничего не скачано.",
  },
  button: {
    retry: "🔁 Повторить все",
    now: "▶️ Все сейчас",
    tonight: (clock) => `Все ночью, ${clock}`,
    folder: "Все в папку",
    remove: "🗑 Убрать все",
    yes: (n) => `🗑 Да, убрать: ${n}`,
    undo: (n) => `↩️ Вернуть: ${n}`,
  },
  sure: ({ all, there }) => {
    const question =
      all === 1 ? "Убрать единственную ссылку этого списка?" : `Убрать все ссылки этого списка (${all})?`;
    if (there === 0) return question;
    const those = there === 1 ? "Ту, что на сервере," : `Те, что на серверах (${there}),`;
    return `${question} ${those} вернуть будет нельзя.`;
  },
  folder: (n) => `В какую папку ${form(n, "эту ссылку", "эти ссылки", "эти ссылки")} (${n})?`,
  onlyOwn: "Чужие ссылки останутся как есть, если вы не админ.",
  changed: "Список изменился, поэтому ничего не сделано. Вот он сейчас.",
  tooLate: "Вернуть эти ссылки уже нельзя.",
  done: {
    retry: (n) => `🔁 Снова в очереди: ${links(n)}.`,
    now: (n) =>
      `▶️ ${links(n)} ${form(n, "уйдёт", "уйдут", "уйдут")}, как только ${n === 1 ? "её" : "их"} примет сервер.`,
    tonight: (n, at) => `⏳ Отложено до ${at}: ${links(n)}.`,
    folder: (n, name) => `Папка «${name}»: ${links(n)}.`,
    remove: (n) => `🗑 Убрано: ${links(n)}.`,
    removeThere: (n) => `🗑 Убрано с серверов: ${links(n)}.`,
    undo: (n) => `Снова в очереди: ${links(n)}.`,
  },
  unchanged: "Ничего не изменено.",
  rest: ({ sent, foreign, gone, unstored, kept = 0 }) => [
    ...(sent === 0 ? [] : [`Уже отправлены или отправляются: ${sent}.`]),
    ...(foreign === 0 ? [] : [`Чужие, оставлены как есть: ${foreign}.`]),
    ...(gone === 0 ? [] : [`Уже не в этом списке: ${gone}.`]),
    ...(unstored === 0 ? [] : [`Не удалось сохранить, попробуйте ещё раз: ${unstored}.`]),
    ...(kept === 0 ? [] : [`Серверы не подтвердили, могли и не убрать: ${kept}.`]),
  ],
};
