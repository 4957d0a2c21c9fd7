import type { Unusable } from "../../../domain/downloader.ts";
import type { Failure } from "../../../domain/link.ts";
import type { Quality } from "../../../domain/quality.ts";
import { inSentence, named } from "../../../domain/text.ts";
import { createAmounts } from "../amounts.ts";
import type { Texts } from "../en/en.ts";
import { createPlural } from "../plural.ts";

const { counted } = createPlural("ru");
const amounts = createAmounts("ru", { justNow: "только что", of: "из", mebibytes: "МиБ", gibibytes: "ГиБ" });

const LONGEST_SAYING = 200;

/** How many links. */
export const links = (n: number) => counted(n, "ссылка", "ссылки", "ссылок");

/** A quality in words. */
export const quality = (value: Quality): string => (value === "best" ? "лучшее" : `${value}p`);

/** Why a downloader that answers is of no use. */
export const unusable: Readonly<Record<Unusable, string>> = {
  not_let_in: "не пускает этого бота",
  no_method: "этот бот с ним работать не умеет",
};

/** Why nobody took a link, in Russian. */
export const failure = ({ reason, downloader, says }: Failure) =>
  says !== undefined && says !== ""
    ? `«${named(downloader)}» ответил: ${inSentence(says, LONGEST_SAYING)}`
    : {
        unreachable: `«${named(downloader)}» недоступен`,
        refused: `«${named(downloader)}» её не принял`,
        incompatible: `«${named(downloader)}» не пускает этого бота`,
        silent: `«${named(downloader)}» не отвечает`,
      }[reason];

/** A link's prompt, in Russian. */
export const prompt: Texts["prompt"] = {
  waiting: (at) => `⏳ Ждёт до ${at}`,
  goingOut: "⏳ Уходит",
  retry: (attempts, why, at) =>
    `⚠️ Пробовал ${counted(attempts, "раз", "раза", "раз")}: ${failure(why)}. Следующая попытка: ${at}`,
  sending: "📤 Передаётся загрузчику",
  uncertain: "📤 Возможно, загрузчик её уже взял — уточняю",
  unmatched: "🕳 Такие ссылки сейчас никто не берёт. Жду подходящий загрузчик.",
  unmatchedChosen: (downloader) => `🕳 Ждёт «${named(downloader)}», который сейчас ничего не берёт`,
  unreachable: (why) =>
    why === null
      ? "🔌 Подходящие загрузчики недоступны. Уйдёт, как только хоть один вернётся."
      : `🔌 ${failure(why)}. Уйдёт, как только подходящий загрузчик вернётся.`,
  failed: (attempts, why) =>
    `❌ Не вышло за ${counted(attempts, "попытку", "попытки", "попыток")}${why === null ? "" : `: ${failure(why)}`}`,
  removed: "🗑 Убрана",
  details: ({ quality: value, folder, downloader }) =>
    [
      `Качество: ${quality(value)}`,
      ...(folder === null ? [] : [`папка: ${folder}`]),
      ...(downloader === null ? [] : [`сервер: ${named(downloader)}`]),
    ].join(" · "),
  button: {
    inOneHour: "Через час",
    tonight: "Ночью",
    tomorrow: "Завтра",
    anyServer: "🎲 Любой",
    undo: "↩️ Вернуть",
  },
  pressed: {
    waits: (at) => `Ждёт до ${at}`,
    undone: "Снова в очереди",
  },
};

/** What is said about the links of a message that are not simply queued, in Russian. */
export const arrival: Texts["arrival"] = {
  duplicate: "Эта ссылка уже в очереди ☝️",
  duplicates: "Эти ссылки у меня уже есть:",
  inQueue: "уже в очереди",
  beingDownloaded: (downloader) => `её уже качает «${named(downloader)}»`,
  more: (n) => `… и ещё ${links(n)}`,
};

const quoted = (names: readonly string[]) => names.map((name) => `«${named(name)}»`).join(", ");
const more = (rest: number) => (rest === 0 ? "" : ` и ещё ${rest}`);

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
        MISSING: "❔ Возможно, переносится в папку; сейчас загрузчик этого не показывает",
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
      goes_on: `🗑 Убрано из списка «${named(downloader)}», но начатое он доделает: файл ещё может прийти`,
      being_sent: `📦 «${named(downloader)}» уже переносит файл в папку, остановить это нельзя`,
      finished: `✅ «${named(downloader)}» её уже скачал`,
      kept: `⚠️ «${named(downloader)}» её не убрал: она всё ещё в его списке`,
      silent: `⚠️ «${named(downloader)}» этого не подтвердил; загляните чуть позже`,
      not_yours: "Такой ссылки среди ваших нет",
    })[removal],
  status: {
    title: (waiting) => (waiting === 0 ? "Загрузчики" : `Загрузчики · в очереди ${links(waiting)}`),
    none: "Ни один загрузчик ещё не подключился. Ссылки ждут первого.",
    online: "на связи",
    unusable: (problem) => `отвечает, но ${unusable[problem]}`,
    offline: (seen) => `не отвечает, был на связи ${seen}`,
    neverSeen: "не отвечает, на связи ещё не был",
    paused: "на паузе: новых ссылок не получает",
    telegram: "Связь с Telegram:",
    refused: "не знает токен бота",
    progress: (percentage, of) =>
      `${Math.floor(percentage)} %${of.current > 0 || of.total > 0 ? ` · ${amounts.sizes(of.current, of.total)}` : ""}`,
    idle: "Сейчас ничего не качает",
    moreRunning: (n) => `и ещё ${n}`,
    others: (n) => `и ещё ${n} для других чатов`,
    onlyOthers: (n) => `Качает для других чатов: ${n}`,
    waiting: (count) => `Его ждёт: ${links(count.links)}${count.more ? " или больше" : ""}`,
    ago: amounts.ago,
  },
  links: {
    none: "Ссылок в работе нет.",
    more: (n) => `и ещё ${links(n)}`,
  },
  remove: {
    tooMany: (most) => `За раз убираю не больше ${most}.`,
    queued: "🗑 Убрана из очереди",
    beingSent: "📤 Она прямо сейчас передаётся загрузчику; попробуйте через минуту",
    unknown: "Такой ссылки среди ваших нет",
  },
  button: {
    quality: (quality) => `🎞 ${quality}`,
    back: "‹ Назад",
    refresh: "🔄 Обновить",
  },
};
