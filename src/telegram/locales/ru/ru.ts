import type { Language } from "../../../domain/chat.ts";
import { named } from "../../../domain/text.ts";
import type { LinkProblem } from "../../../domain/url.ts";
import { quietHours } from "../amounts.ts";
import type { Texts } from "../en/en.ts";
import { admin } from "./admin.ts";
import { done } from "./history.ts";
import { linkFile } from "./link-file.ts";
import { arrival, links, lists, prompt, quality } from "./links.ts";
import { news } from "./news.ts";
import { panels } from "./panels.ts";
import { people } from "./people.ts";
import { work } from "./work.ts";

const NAMES: Readonly<Record<Language, string>> = { en: "English", ru: "русский" };

/** `/settings`, in Russian. */
const settings: Texts["settings"] = {
  title: "Настройки этого чата",
  quality: (value) => `Качество по умолчанию: ${quality(value)}`,
  folder: (name) => `Папка по умолчанию: ${name}`,
  language: (chosen, used) => `Язык: ${chosen === null ? `автоматически (${NAMES[used]})` : NAMES[chosen]}`,
  lifetime: (ms, duration) =>
    `Мои сообщения и ваши команды исчезают: ${ms === null ? "как обычно" : ms === 0 ? "никогда" : `через ${duration}`}`,
  notices: (style) =>
    `О готовом файле: ${{ message: "сообщение", reaction: "реакция на ваше сообщение", off: "не сообщать" }[style]}`,
  quiet: (hours) => (hours === null ? "Тихие часы: нет" : `Тихие часы, без звука: ${quietHours(hours)}`),
  onlyAdmins: "Настройки группы меняют только её админы.",
  button: {
    automatic: "🌐 Авто",
    usual: "🧹 Как обычно",
    never: "🧹 Никогда",
    after: (duration) => `🧹 ${duration}`,
    notices: { message: "🔔 Сообщение", reaction: "👌 Реакция", off: "🔕 Не сообщать" },
    loud: "🌙 Без тихих часов",
    quiet: (hours) => `🌙 ${quietHours(hours)}`,
  },
};

/** Everything a person reads in the chat, in Russian. */
export const ru: Texts = {
  news,
  work,
  done,
  quality,
  welcome: ({ delay }) =>
    delay === undefined
      ? "Присылайте ссылки, по одной или сразу несколько. Я ставлю их в очередь и сразу передаю загрузчику."
      : `Присылайте ссылки, по одной или сразу несколько. Я ставлю их в очередь и через ${delay} передаю загрузчику; до этого качество и время можно выбрать кнопками под ссылкой.`,
  help: "Что я понимаю:",
  commands: {
    start: "как это работает",
    help: "все команды",
    queue: "ваши ссылки: в очереди и в работе",
    done: "что скачано: /done СЛОВО",
    status: "загрузчики и что они делают",
    links: "ссылки в работе, списком",
    remove: "убрать ссылку: /remove ССЫЛКА",
    settings: "качество, язык и остальное для этого чата",
    servers: "загрузчики: пауза, пинг, убрать",
    users: "у кого есть доступ",
    invite: "ссылка-приглашение: /invite 3d",
    clean: "очистить историю загрузчиков",
    where: "кто возьмёт ссылку: /where ССЫЛКА",
  },
  duration: (ms) => {
    const seconds = Math.round(ms / 1000);
    if (seconds < 90 && seconds !== 60) return `${seconds} с`;
    const minutes = Math.round(seconds / 60);
    return minutes < 90 && minutes !== 60 ? `${minutes} мин` : `${Math.round(minutes / 60)} ч`;
  },
  tooManyLinks: (found, most) =>
    `В сообщении ${links(found)}, а я беру не больше ${most} за раз. Ни одна не поставлена в очередь: пришлите их частями.`,
  refusedLinks: "Не поставлено в очередь:",
  problem: (problem: LinkProblem) =>
    ({
      not_http: "скачивать можно только по ссылкам http и https",
      magnet: "magnet-ссылки бот не принимает, только http и https",
      credentials: "в ней имя или пароль",
      private_address: "она ведёт во внутреннюю сеть",
      too_long: "она слишком длинная",
      malformed: "это не похоже на ссылку",
    })[problem],
  arrival,
  linkFile,
  sentDirectly: (link, downloader) =>
    `Очередь сейчас не записать, поэтому ссылка сразу передана загрузчику «${named(downloader)}»: ${link}`,
  lost: (link, maybe) =>
    maybe === undefined
      ? `Очередь сейчас не записать, и ни один загрузчик ссылку не взял. Она не сохранена — пришлите её позже: ${link}`
      : `Очередь сейчас не записать. «${named(maybe)}», возможно, взял ссылку, но не отвечает — проверьте позже: ${link}`,
  kept: (link, maybe) =>
    maybe === undefined
      ? `Не удаётся сохранить очередь, и ни один сервер ссылку не взял. Я её записал и отправлю, как только очередь заработает: ${link}`
      : `Не удаётся сохранить очередь. «${named(maybe)}», возможно, взял ссылку, но не отвечает. Я её записал и спрошу снова, как только очередь заработает: ${link}`,
  notStored: (link, maybe) =>
    maybe === undefined
      ? `Я записал эту ссылку, но поставить её в очередь не получается. Пришлите её ещё раз: ${link}`
      : `Я записал эту ссылку, но поставить её в очередь не получается. Она у «${named(maybe)}» или могла туда попасть: посмотрите там, прежде чем присылать снова: ${link}`,
  handingOver:
    "Не удаётся сохранить очередь, поэтому передаю ссылки сразу. Если о какой-то из них за минуту ничего не скажу, пришлите её ещё раз.",
  storeTrouble: "Очередь сейчас недоступна. Ничего не изменилось, попробуйте чуть позже.",
  trouble: "Ошибка в самом боте, подробности в его журнале. Посмотрите в /queue и попробуйте ещё раз.",
  prompt,
  panels,
  button: {
    now: "▶️ Сейчас",
    remove: "🗑 Убрать",
    retry: "🔁 Повторить",
    previous: "‹",
    next: "›",
    all: "Все чаты",
    own: "Только мои",
    queue: "📋 Очередь",
    status: "📊 Статус",
    settings: "⚙️ Настройки",
    help: "❔ Помощь",
  },
  pressed: {
    changed: "Готово",
    now: "Сейчас отправлю",
    removed: "Убрана",
    beingSent: "Уже отправляется",
    sent: (downloader) => `Уже передана загрузчику «${named(downloader)}»`,
    notYours: "Такой ссылки среди ваших нет",
    outdated: "Эта кнопка устарела",
    noAccess: "У вас нет доступа",
  },
  lists,
  admin,
  people,
  settings,
};
