import type { Failure } from "../../domain/link.ts";
import type { Quality } from "../../domain/quality.ts";
import type { LinkProblem } from "../../domain/url.ts";
import type { Texts } from "./en.ts";

const rules = new Intl.PluralRules("ru");

/** 1 ссылка, 2 ссылки, 5 ссылок. */
function plural(n: number, one: string, few: string, many: string): string {
  const form = rules.select(n);
  return `${n} ${form === "one" ? one : form === "few" ? few : many}`;
}
const links = (n: number) => plural(n, "ссылка", "ссылки", "ссылок");
const times = (n: number) => plural(n, "раз", "раза", "раз");

const quality = (value: Quality) => (value === "best" ? "лучшее" : `${value}p`);

const failure = ({ reason, downloader }: Failure) =>
  ({
    unreachable: `«${downloader}» недоступен`,
    refused: `«${downloader}» её не принял`,
    incompatible: `«${downloader}» не пускает этого бота`,
    silent: `«${downloader}» не отвечает`,
  })[reason];

/** Everything a person reads in the chat, in Russian. */
export const ru: Texts = {
  quality,
  welcome: ({ delay }) =>
    `Присылайте ссылки, по одной или сразу несколько. Я ставлю их в очередь и через ${delay} передаю загрузчику; до этого качество и время можно выбрать кнопками под ссылкой.`,
  help: "Что я понимаю:",
  commands: {
    start: "как это работает",
    help: "все команды",
    queue: "ваши ссылки в очереди",
    settings: "качество по умолчанию и язык",
  },
  noAccess: (id) => `У вас нет доступа к этому боту. Ваш id: ${id} — передайте его тому, кто держит бота.`,
  duration: (ms) => {
    const seconds = Math.round(ms / 1000);
    if (seconds < 90) return `${seconds} с`;
    const minutes = Math.round(seconds / 60);
    return minutes < 90 ? `${minutes} мин` : `${Math.round(minutes / 60)} ч`;
  },
  tooManyLinks: (found, most) =>
    `В сообщении ${links(found)}, а я беру не больше ${most} за раз. Ни одна не поставлена в очередь: пришлите их частями.`,
  refusedLinks: "Не поставлено в очередь:",
  problem: (problem: LinkProblem) =>
    ({
      not_http: "скачивать можно только по ссылкам http и https",
      credentials: "в ней имя или пароль",
      private_address: "она ведёт во внутреннюю сеть",
      too_long: "она слишком длинная",
      malformed: "это не похоже на ссылку",
    })[problem],
  duplicate: "Эта ссылка уже в очереди ☝️",
  duplicateWithoutPrompt: (link) => `Уже в очереди: ${link}`,
  sentDirectly: (link, downloader) =>
    `Очередь сейчас не записать, поэтому ссылка сразу передана загрузчику «${downloader}»: ${link}`,
  lost: (link, maybe) =>
    maybe === undefined
      ? `Очередь сейчас не записать, и ни один загрузчик ссылку не взял. Она не сохранена — пришлите её позже: ${link}`
      : `Очередь сейчас не записать. «${maybe}», возможно, взял ссылку, но не отвечает — проверьте позже: ${link}`,
  storeTrouble: "Очередь сейчас недоступна. Ничего не изменилось, попробуйте чуть позже.",
  card: {
    waiting: (at) => `⏳ Уйдёт ${at}`,
    goingOut: "⏳ Уходит",
    retry: (attempts, why, at) => `⚠️ Пробовал ${times(attempts)}: ${failure(why)}. Следующая попытка ${at}`,
    sending: "📤 Передаётся",
    uncertain: "📤 Возможно, загрузчик её уже взял — уточняю",
    unmatched: "🕳 Такие ссылки пока никто не берёт. Жду подходящий загрузчик.",
    failed: (attempts, why) =>
      `❌ Не вышло, попыток: ${attempts}${why === null ? "" : `. ${failure(why).replace(/^./, (first) => first.toUpperCase())}`}`,
    details: (value, folder) => `Качество: ${quality(value)}${folder === null ? "" : ` · папка: ${folder}`}`,
  },
  button: {
    now: "▶️ Сейчас",
    remove: "🗑 Убрать",
    retry: "🔁 Повторить",
    previous: "‹",
    next: "›",
    all: "Все чаты",
    own: "Только мои",
    queue: "📋 Очередь",
    settings: "⚙️ Настройки",
    help: "❔ Помощь",
  },
  pressed: {
    changed: "Готово",
    now: "Уходит",
    removed: "Убрана",
    beingSent: "Уже отправляется",
    sent: (downloader) => `Уже передана загрузчику «${downloader}»`,
    notYours: "Такой ссылки среди ваших нет",
    outdated: "Эта кнопка устарела",
    noAccess: "У вас нет доступа",
  },
  queue: {
    empty: "Очередь пуста. Пришлите ссылку!",
    title: (total) => `В очереди ${links(total)}`,
    page: (page, pages) => `${page} / ${pages}`,
    ofChat: (chatId) => `чат ${chatId}`,
  },
  settings: {
    title: "Настройки этого чата",
    quality: (value) => `Качество по умолчанию: ${quality(value)}`,
    language: "Язык: русский",
  },
};
