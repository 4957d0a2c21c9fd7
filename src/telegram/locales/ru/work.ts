import { once } from "../../../domain/once.ts";
import { named } from "../../../domain/text.ts";
import type { Texts } from "../en/en.ts";
import { createPlural } from "../plural.ts";

const { counted } = createPlural("ru");
const speed = once(() => new Intl.NumberFormat("ru", { maximumFractionDigits: 1 }));
const numbered = (n: number | undefined) => (n === undefined ? "" : ` ${n}`);

/** The message that shows what is in work, in Russian. */
export const work: Texts["work"] = {
  title: (n) => `В работе: ${n}`,
  running: (percentage, speedMb) =>
    [
      "скачивается",
      ...(percentage === undefined ? [] : [`${Math.floor(percentage)} %`]),
      ...(speedMb === undefined ? [] : [`${speed().format(speedMb)} МБ/с`]),
    ].join(", "),
  toSend: "скачано, ждёт переноса в папку",
  sending: "переносится в папку",
  waits: (ahead) => (ahead === 0 ? "ждёт" : `ждёт, перед ней ${counted(ahead, "ссылка", "ссылки", "ссылок")}`),
  unknown: "на сервере",
  silent: "сервер не отвечает",
  cancelled: "будет отменена",
  done: "готово",
  failed: "скачать не удалось",
  ended: "больше не скачивается",
  over: "В работе больше ничего нет",
  moved: "Список того, что в работе, теперь ниже",
  button: {
    cancel: (n) => `✖️ Отменить${numbered(n)}`,
    undo: (n) => `↩️ Вернуть${numbered(n)}`,
  },
  pressed: {
    planned: (what, seconds) => `Отменится через ${seconds} с: ${what}`,
    undone: (what) => `Загрузка продолжается: ${what}`,
    over: "Уже закончено",
  },
  queue: {
    sure: (n) => `Убрать ссылку ${n} с сервера? Скачанная часть пропадёт.`,
    yes: "🗑 Да, убрать",
  },
  servers: {
    load: (n) => counted(n, "загрузка", "загрузки", "загрузок"),
    free: (names, rest) =>
      `🟢 Свободны: ${names.map((name) => named(name)).join(", ")}${rest === 0 ? "" : ` и ещё ${rest}`}`,
  },
};
