import type { Texts } from "../en/en.ts";
import { named } from "../name.ts";

const rules = new Intl.PluralRules("ru");
const relative = new Intl.RelativeTimeFormat("ru");
const size = new Intl.NumberFormat("ru", { maximumFractionDigits: 1 });
const links = (n: number) => {
  const form = rules.select(n);
  return `${n} ${form === "one" ? "ссылка" : form === "few" ? "ссылки" : "ссылок"}`;
};
const quoted = (names: readonly string[]) => names.map((name) => `«${named(name)}»`).join(", ");
const more = (rest: number) => (rest === 0 ? "" : ` и ещё ${rest}`);

/** MiB in words; from 1 GiB on in GiB. */
const sizes = (current: number, total: number): string => {
  const [unit, name] = Math.max(current, total) < 1024 ? [1, "МиБ"] : [1024, "ГиБ"];
  const of = total > 0 ? ` из ${size.format(total / unit)}` : "";
  return `${size.format(current / unit)}${of} ${name}`;
};

/** What `/queue`, `/status`, `/links` and `/remove` say, in Russian. */
export const lists: Texts["lists"] = {
  queue: {
    empty: "Очередь пуста. Пришлите ссылку!",
    title: (queued, downloads) => {
      const there =
        downloads === 0 ? [] : [queued === 0 ? `У загрузчиков ${links(downloads)}` : `у загрузчиков ${downloads}`];
      return [...(queued > 0 || downloads === 0 ? [`В очереди ${links(queued)}`] : []), ...there].join(" · ");
    },
    page: (page, pages) => `${page} / ${pages}`,
    owners: ([first, ...others]) => (first === undefined ? "👤 не от нас" : `👤 ${first}${more(others.length)}`),
    status: (status) =>
      ({
        WORK: "⬇️ Скачивается",
        SENDING: "🚚 Переносится в папку",
        TO_SEND: "📦 Скачано, ждёт переноса в папку",
        NEW: "🕐 Ждёт у загрузчика",
        UNKNOWN: "❔ У загрузчика",
        DONE: "✅ Готово",
      })[status],
    at: (downloader) => `«${named(downloader)}»`,
    silent: (names, rest) => `Нет ответа от ${quoted(names)}${more(rest)}: показано то, что было известно раньше.`,
    picking: (n) => `Качество для ${n}:`,
    asking: "Спрашиваю загрузчик…",
  },
  removal: (removal, downloader) =>
    ({
      removed: `🗑 Убрано с «${named(downloader)}»`,
      released: `🗑 Больше не ваша; её ждут и другие, поэтому «${named(downloader)}» продолжит`,
      kept: `⚠️ «${named(downloader)}» почти закончил и не стал её убирать`,
      silent: `⚠️ «${named(downloader)}» этого не подтвердил; загляните чуть позже`,
      not_yours: "Такой ссылки среди ваших нет",
    })[removal],
  status: {
    title: (waiting) => (waiting === 0 ? "Загрузчики" : `Загрузчики · в очереди ${links(waiting)}`),
    none: "Ни один загрузчик ещё не подключился. Ссылки ждут первого.",
    online: "на связи",
    offline: (seen) => `не отвечает, был на связи ${seen}`,
    neverSeen: "не отвечает, на связи ещё не был",
    paused: "на паузе: новых ссылок не получает",
    telegram: "Связь с Telegram:",
    refused: "не знает токен бота",
    progress: (percentage, of) =>
      `${Math.floor(percentage)} %${of.current > 0 || of.total > 0 ? ` · ${sizes(of.current, of.total)}` : ""}`,
    idle: "Сейчас ничего не качает",
    moreRunning: (n) => `и ещё ${n}`,
    others: (n) => `и ещё ${n} для других чатов`,
    onlyOthers: (n) => `Качает для других чатов: ${n}`,
    waiting: (count) => `Его ждёт: ${links(count.links)}${count.more ? " или больше" : ""}`,
    ago: (ms) => {
      const minutes = Math.floor(ms / 60_000);
      if (minutes < 1) return "только что";
      if (minutes < 60) return relative.format(-minutes, "minute");
      const hours = Math.floor(minutes / 60);
      return hours < 48 ? relative.format(-hours, "hour") : relative.format(-Math.floor(hours / 24), "day");
    },
  },
  links: {
    none: "Ссылок в работе нет.",
    more: (n) => `и ещё ${links(n)}`,
  },
  remove: {
    usage:
      "Напишите /remove и ссылку или ответьте командой /remove на сообщение с ней. В очереди для этого есть и кнопки:",
    tooMany: (most) => `За раз убираю не больше ${most}.`,
    queued: "🗑 Убрана из очереди",
    beingSent: "📤 Она прямо сейчас передаётся загрузчику; попробуйте через минуту",
    done: (downloader) => `✅ «${named(downloader)}» её уже скачал`,
    unknown: "Такой ссылки среди ваших нет",
  },
  button: {
    quality: (quality) => `🎞 ${quality}`,
    back: "‹ Назад",
    refresh: "🔄 Обновить",
  },
};
