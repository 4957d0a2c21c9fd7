import type { Language } from "../../../domain/chat.ts";
import { named } from "../../../domain/text.ts";
import type { LinkProblem } from "../../../domain/url.ts";
import { createDuration, quietHours, zoneName } from "../amounts.ts";
import type { Texts } from "../en/en.ts";
import { createPlural } from "../plural.ts";
import { admin } from "./admin.ts";
import { done } from "./history.ts";
import { linkFile } from "./link-file.ts";
import { arrival, lists, prompt, quality } from "./links.ts";
import { news } from "./news.ts";
import { panels } from "./panels.ts";
import { people } from "./people.ts";
import { queue } from "./queue.ts";
import { work } from "./work.ts";
import { zones } from "./zones.ts";

const { counted } = createPlural("ru");
const NAMES: Readonly<Record<Language, string>> = { en: "English", ru: "русский" };

/** `/settings`, in Russian. */
const settings: Texts["settings"] = {
  title: "Настройки этого чата",
  quality: (value) => `Качество по умолчанию: ${quality(value)}`,
  folder: (name) => `Папка по умолчанию: ${name}`,
  language: (chosen, used) => `Язык: ${chosen === null ? `автоматически (${NAMES[used]})` : NAMES[chosen]}`,
  lifetime: (ms, duration) =>
    `Мои сообщения и ваши команды исчезают: ${ms === null ? `через ${duration} (как решил владелец)` : ms === 0 ? "никогда" : `через ${duration}`}`,
  notices: (style) =>
    `О готовом файле: ${{ message: "писать", reaction: "ставить реакцию на ваше сообщение", off: "не сообщать" }[style]}`,
  quiet: (hours) => (hours === null ? "Тихие часы: нет" : `Тихие часы, без звука: ${quietHours(hours)}`),
  zone: ({ zone, isOwn, clock }) =>
    `Часовой пояс: ${zoneName(zone)}${isOwn ? "" : " (как решил владелец)"}, сейчас ${clock}`,
  zones,
  unknownZone: "Такого часового пояса не знаю, ничего не изменено. Например: Europe/Berlin, UTC+3.",
  onlyAdmins: "Настройки группы меняют только её админы.",
  button: {
    automatic: "🌐 Авто",
    usual: "🧹 Как решил владелец",
    never: "🧹 Никогда",
    after: (duration) => `🧹 Через ${duration}`,
    notices: { message: "🔔 Сообщение", reaction: "👌 Реакция", off: "🔕 Не сообщать" },
    loud: "🌙 Без тихих часов",
    quiet: (hours) => `🌙 Тихо ${quietHours(hours)}`,
    zone: "🕑 Часовой пояс",
    usualZone: "Как решил владелец",
    otherZone: "Другой часовой пояс",
  },
};

/** Everything a person reads in the chat, in Russian. */
export const ru: Texts = {
  news,
  work,
  queue,
  done,
  quality,
  hearsLittle:
    "В этой группе я вижу только сообщения, где меня упоминают, и ответы на мои. Чтобы я видел все ссылки, отключите мне Group Privacy в @BotFather и добавьте меня в группу заново или сделайте меня её админом.",
  welcome: ({ delay }) =>
    delay === undefined
      ? "Присылайте ссылки, по одной или сразу несколько. Я ставлю их в очередь и сразу передаю серверу, который их скачает."
      : `Присылайте ссылки, по одной или сразу несколько. Я ставлю их в очередь и через ${delay} передаю серверу, который их скачает; до этого качество и время можно выбрать кнопками под ссылкой.`,
  help: "Команды:",
  commands: {
    start: "как это работает",
    help: "все команды",
    queue: "ваши ссылки: в очереди и в работе",
    done: "что скачано: /done СЛОВО",
    status: "что скачивается и на каких серверах",
    links: "ссылки в работе, списком",
    remove: "убрать ссылку: /remove ССЫЛКА",
    settings: "качество, язык и остальное для этого чата",
    servers: "серверы: пауза, пинг, убрать",
    users: "у кого есть доступ",
    invite: "ссылка-приглашение: /invite 3д",
    clean: "очистить историю серверов",
    where: "кто возьмёт ссылку: /where ССЫЛКА",
  },
  duration: createDuration({ seconds: "с", minutes: "мин", hours: "ч" }),
  tooManyLinks: (found, most) =>
    `За раз можно прислать не больше ${counted(most, "ссылки", "ссылок", "ссылок")}, а здесь ${found}. Ничего не добавлено: пришлите их частями.`,
  refusedLinks: "Не добавлено в очередь:",
  problem: (problem: LinkProblem) =>
    ({
      not_http: "нужна ссылка http или https",
      magnet: "magnet-ссылки здесь не принимает ни один сервер",
      credentials: "в ссылке логин или пароль",
      private_address: "ссылка ведёт в локальную сеть",
      too_long: "ссылка слишком длинная",
      malformed: "это не похоже на ссылку",
    })[problem],
  arrival,
  linkFile,
  sentDirectly: (link, downloader) =>
    `Не удаётся сохранить очередь, поэтому ссылка сразу передана серверу «${named(downloader)}»: ${link}`,
  lost: (link, maybe) =>
    maybe === undefined
      ? `Не удаётся сохранить очередь, и ни один сервер ссылку не взял. Она не сохранена, пришлите её позже: ${link}`
      : `Не удаётся сохранить очередь. «${named(maybe)}», возможно, взял ссылку, но не отвечает; проверьте позже: ${link}`,
  kept: (link, maybe) =>
    maybe === undefined
      ? `Не удаётся сохранить очередь, и ни один сервер ссылку не взял. Я её записал и отправлю, как только очередь заработает: ${link}`
      : `Не удаётся сохранить очередь. «${named(maybe)}», возможно, взял ссылку, но не отвечает. Я её записал и спрошу снова, как только очередь заработает: ${link}`,
  notStored: (link, maybe) =>
    maybe === undefined
      ? `Я записал эту ссылку, но поставить её в очередь не получается. Пришлите её ещё раз: ${link}`
      : `Я записал эту ссылку, но поставить её в очередь не получается. Возможно, она уже на сервере «${named(maybe)}»: посмотрите там, прежде чем присылать снова: ${link}`,
  handingOver:
    "Не удаётся сохранить очередь, поэтому передаю ссылки сразу. Если о какой-то из них за минуту ничего не скажу, пришлите её ещё раз.",
  storeTrouble: "Очередь сейчас недоступна. Ничего не изменилось, попробуйте чуть позже.",
  more: (n) => `и ещё ${n}`,
  trouble: "Ошибка в самом боте, подробности в его журнале. Проверьте /queue и попробуйте ещё раз.",
  prompt,
  panels,
  button: {
    now: "▶️ Сейчас",
    remove: "🗑 Убрать",
    retry: "🔁 Повторить",
    first: "« Первая страница",
    previous: "‹ Предыдущая",
    next: "Следующая ›",
    last: "Последняя страница »",
    back: "‹ Назад",
    all: "Все чаты",
    own: "Только мои",
    queue: "📋 Очередь",
    status: "📊 Статус",
    settings: "⚙️ Настройки",
    help: "❔ Помощь",
  },
  pressed: {
    changed: "Сохранено",
    now: "Отправляю",
    waits: "Уйдёт, как только её возьмёт сервер",
    removed: "Ссылка убрана",
    beingSent: "Уже отправляется",
    sent: (downloader) => `Уже передана серверу «${named(downloader)}»`,
    notYours: "Такой ссылки среди ваших нет",
    outdated: "Эта кнопка устарела",
    noAccess: "У вас нет доступа",
  },
  lists,
  admin,
  people,
  settings,
};
