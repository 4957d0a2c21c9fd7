import type { Unusable } from "../../../domain/downloader.ts";
import type { Failure } from "../../../domain/link.ts";
import type { Quality } from "../../../domain/quality.ts";
import { named, oneLine } from "../../../domain/text.ts";
import { createAmounts } from "../amounts.ts";
import type { Texts } from "../en/en.ts";
import { createPlural } from "../plural.ts";

const { counted } = createPlural("ru");
const amounts = createAmounts("ru", { justNow: "только что", of: "из", mebibytes: "МБ", gibibytes: "ГБ" });

const LONGEST_SAYING = 200;

/** How many links. */
export const links = (n: number) => counted(n, "ссылка", "ссылки", "ссылок");

/** A quality in words. */
export const quality = (value: Quality): string => (value === "best" ? "лучшее" : `${value}p`);

/** Why a downloader that answers is of no use. */
export const unusable: Readonly<Record<Unusable, string>> = {
  not_let_in: "не принимает этого бота",
  no_method: "этот бот не умеет с ним работать",
  not_trusted: "не подтвердил, что это он: сертификат не подходит",
  no_http2: "не поддерживает HTTP/2 поверх TLS",
};

/** Why nobody took a link, in Russian. */
export const failure = ({ reason, downloader, says }: Failure) =>
  says !== undefined && says !== ""
    ? `Ответ «${named(downloader)}»: ${oneLine(says, LONGEST_SAYING)}`
    : {
        unreachable: `«${named(downloader)}» недоступен`,
        refused: `«${named(downloader)}» не принял ссылку`,
        incompatible: `«${named(downloader)}» не принимает этого бота`,
        silent: `«${named(downloader)}» не отвечает`,
      }[reason];

const tries = (n: number) => counted(n, "попытку", "попытки", "попыток");

/** `14:05`, or `24 нояб. 14:05`, in a sentence. */
export const moment = (at: string) => at.replace(/(?=\d\d:\d\d$)/, "в ");

/** When a link goes whose servers are shut now. */
const opens: Texts["prompt"]["pressed"]["opens"] = ({ at, downloader, from, to }) =>
  `Уйдёт ${moment(at)}: «${named(downloader)}» берёт такие ссылки с ${from} до ${to}`;

/** A link's prompt, in Russian. */
export const prompt: Texts["prompt"] = {
  waiting: (at) => `⏳ Уйдёт ${moment(at)}`,
  again: (at) => `✅ Уже скачано${at === undefined ? "" : ` ${moment(at)}`}. Скачать ещё раз?`,
  opens: (facts) => `⏳ ${opens(facts)}`,
  goingOut: "⏳ Отправляется",
  retry: (attempts, why, at) => `⚠️ Не получилось за ${tries(attempts)}. ${failure(why)}. Следующая попытка: ${at}`,
  sending: "📤 Передаётся серверу",
  uncertain: "📤 Возможно, сервер уже взял ссылку. Спрашиваю его.",
  unmatched: "🕳 Для этого сайта пока нет сервера. Ссылка подождёт.",
  paused: "⏸ Сервер на паузе. Ссылка подождёт.",
  unreachable: (why) =>
    why === null
      ? "🔌 Сервер недоступен. Ссылка уйдёт, как только он вернётся."
      : `🔌 ${failure(why)}. Ссылка уйдёт, как только сервер вернётся.`,
  failed: (attempts, why) => `❌ Не получилось за ${tries(attempts)}${why === null ? "" : `. ${failure(why)}`}`,
  removed: "🗑 Ссылка убрана",
  details: ({ quality: value, folder, downloader }) =>
    [
      `Качество: ${quality(value)}`,
      ...(folder === null ? [] : [`папка: ${folder}`]),
      ...(downloader === null ? [] : [`сервер: ${named(downloader)}`]),
    ].join(" · "),
  button: {
    inOneHour: "Через час",
    tonight: (clock) => `Ночью, ${clock}`,
    tomorrow: (clock) => `Завтра, ${clock}`,
    anyServer: "Любой сервер",
    undo: "↩️ Вернуть",
    answer: { now: "🔁 Ещё раз", remove: "Нет" },
  },
  pressed: {
    waits: (at) => `Уйдёт ${moment(at)}`,
    opens,
    undone: "Снова в очереди",
  },
};

/** What is said about the links of a message that are not simply queued, in Russian. */
export const arrival: Texts["arrival"] = {
  duplicate: "Эта ссылка уже в очереди, вот она",
  duplicates: "Эти ссылки у меня уже есть:",
  inQueue: "уже в очереди",
  beingDownloaded: (downloader) => `уже скачивается на сервере «${named(downloader)}»`,
  more: (n) => `и ещё ${links(n)}`,
};

const quoted = (names: readonly string[]) => names.map((name) => `«${named(name)}»`).join(", ");
const more = (rest: number) => (rest === 0 ? "" : ` и ещё ${rest}`);

/** What `/queue`, `/status`, `/links` and `/remove` say, in Russian. */
export const lists: Texts["lists"] = {
  queue: {
    empty: "Очередь пуста. Пришлите ссылку!",
    title: (queued, downloads) => {
      const there =
        downloads === 0 ? [] : [queued === 0 ? `На серверах ${links(downloads)}` : `на серверах ${downloads}`];
      return [...(queued > 0 || downloads === 0 ? [`В очереди ${links(queued)}`] : []), ...there].join(" · ");
    },
    page: (page, pages) => `страница ${page} из ${pages}`,
    owners: ([first, ...others]) => (first === undefined ? "👤 не через бота" : `👤 ${first}${more(others.length)}`),
    status: (status, ahead = 0) =>
      ({
        WORK: "⬇️ Скачивается",
        SENDING: "🚚 Переносится в папку",
        TO_SEND: "📦 Скачано, ждёт переноса в папку",
        MISSING: "❔ Возможно, переносится в папку; сейчас сервер этого не показывает",
        NEW: `🕐 Ждёт на сервере${ahead === 0 ? "" : `, перед ней ${links(ahead)}`}`,
        UNKNOWN: "❔ На сервере",
        DONE: "✅ Готово",
      })[status],
    failedThere: "❌ Скачать не удалось",
    at: (downloader) => `сервер «${named(downloader)}»`,
    silent: (names, rest) => `Нет ответа от ${quoted(names)}${more(rest)}: показано то, что было известно раньше.`,
    picking: (n) => `Качество для ссылки ${n}:`,
    asking: "Спрашиваю сервер…",
  },
  removal: (removal, downloader) =>
    ({
      removed: `🗑 Убрано с сервера «${named(downloader)}»`,
      released: `🗑 Убрано у вас. Файл ждут и другие, поэтому «${named(downloader)}» продолжит`,
      goes_on: `🗑 Убрано из очереди сервера «${named(downloader)}», но начатое он закончит: файл ещё может прийти`,
      being_sent: `📦 «${named(downloader)}» уже переносит файл в папку, остановить это нельзя`,
      finished: `✅ «${named(downloader)}» уже всё скачал`,
      kept: `⚠️ «${named(downloader)}» не убрал ссылку, она ещё там`,
      silent: `⚠️ «${named(downloader)}» ещё не подтвердил. Посмотрите чуть позже`,
      not_yours: "Такой ссылки среди ваших нет",
    })[removal],
  status: {
    title: (waiting) => (waiting === 0 ? "Серверы" : `Серверы · в очереди ${links(waiting)}`),
    none: "Ни один сервер ещё не подключился. Ссылки ждут первого.",
    online: "на связи",
    unusable: (problem) => `отвечает, но ${unusable[problem]}`,
    offline: (ms) => (ms < 60_000 ? "только что перестал отвечать" : `не отвечает, был на связи ${amounts.ago(ms)}`),
    neverSeen: "ещё ни разу не отвечал",
    works: "работает",
    untried: "ещё не понадобился",
    paused: "на паузе: новых ссылок не получает",
    telegram: "Связь с Telegram:",
    refused: "не знает токен бота",
    progress: (percentage, of) =>
      `${Math.floor(percentage)} %${of.current > 0 || of.total > 0 ? ` · ${amounts.sizes(of.current, of.total)}` : ""}`,
    onlyOthers: (n) => `для других чатов: ${n}`,
    waiting: (count) => `ждут отправки сюда: ${count.links}${count.more ? " или больше" : ""}`,
  },
  links: {
    none: "Ссылок в работе нет.",
    more: (n) => `и ещё ${links(n)}`,
  },
  remove: {
    tooMany: (most) => `За раз можно убрать не больше ${counted(most, "ссылки", "ссылок", "ссылок")}.`,
    queued: "🗑 Ссылка убрана из очереди",
    beingSent: "📤 Ссылка сейчас передаётся серверу. Попробуйте через минуту",
    unknown: "Такой ссылки среди ваших нет",
  },
  button: {
    quality: (quality) => `🎞 ${quality}`,
    refresh: "🔄 Обновить",
  },
};
