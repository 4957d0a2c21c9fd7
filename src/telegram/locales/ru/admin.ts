import type { BoundedCount, DatabaseTrouble, DownloaderLoad } from "../../../domain/admin-alert.ts";
import { spellAddress } from "../../../domain/downloader.ts";
import type { GrantedRole } from "../../../domain/role.ts";
import { named } from "../../../domain/text.ts";
import type { Texts } from "../en/en.ts";
import { createPlural, listed } from "../plural.ts";
import { links, unusable } from "./links.ts";

const { counted } = createPlural("ru");
const atLeast = ({ links: n, more }: BoundedCount) =>
  more ? `больше ${counted(n, "ссылки", "ссылок", "ссылок")}` : links(n);
const names = (all: readonly string[]) => listed(all, (n) => `и ещё ${n}`);
const role: Readonly<Record<GrantedRole, string>> = { admin: "админ", user: "пользователь", guest: "гость" };

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const stay = (ms: number) =>
  ms % (24 * HOUR_MS) === 0
    ? counted(ms / 24 / HOUR_MS, "день", "дня", "дней")
    : counted(Math.round(ms / HOUR_MS), "час", "часа", "часов");

const minutes = (ms: number) => counted(Math.ceil(ms / MINUTE_MS), "минуту", "минуты", "минут");
const queued = (n: number | undefined) =>
  n === undefined ? "Прочитать очередь не удаётся." : `В очереди ${links(n)}.`;

const trouble: Readonly<Record<DatabaseTrouble, string>> = {
  full: "диск заполнен. Пока передаю ссылки сразу. Освободите место, остальное сделаю сам",
  locked: "её заняла другая программа. Пока передаю ссылки сразу. Остановите ту программу, остальное сделаю сам",
  unwritable: "её не удаётся прочитать или записать, подробности в журнале. Пока передаю ссылки сразу",
  damaged:
    "она повреждена. Если сохранить ссылку не удаётся, передаю её сразу. Перезапустите меня: я возьму последнюю исправную резервную копию",
};

function load({ running, waiting }: DownloaderLoad): string {
  const parts = [
    ...(running > 0 ? [`в работе там ${links(running)}`] : []),
    ...(waiting.links > 0 ? [`ждут отправки сюда: ${atLeast(waiting)}`] : []),
  ].join(", ");
  return parts === "" ? "" : ` ${parts.replace(/^./, (first) => first.toUpperCase())}.`;
}

const notBackedUp = {
  damaged:
    "База данных повреждена, и резервные копии с неё я больше не делаю. Перезапустите меня поскорее: я возьму последнюю исправную копию, а то, что пришло после неё, останется только в повреждённом файле.",
  full: "Уже сутки нет новой резервной копии базы: для неё не хватает места. Освободите его, остальное сделаю сам.",
  other: "Уже сутки не удаётся сделать резервную копию базы. Почему — написано в журнале.",
};

/** What admins read, in Russian. */
export const admin: Texts["admin"] = {
  role,
  presence(presence) {
    if (presence.kind === "stopped") return `🔴 Бот остановлен. ${queued(presence.queued)} Продолжит после запуска.`;
    const { downloaders, silent, version } = presence;
    const fleet = downloaders.length === 0 ? "Серверов пока нет." : `Серверы: ${names(downloaders)}.`;
    const away = silent.length === 0 ? "" : ` Не отвечают: ${names(silent)}.`;
    return `🟢 Бот работает, версия ${version}. ${queued(presence.queued)} ${fleet}${away}`;
  },
  muted: (group) =>
    `В группе ${named(group)} мне нельзя ни писать, ни ставить реакции. Ссылки оттуда я всё равно беру, но там этого не видно. Разрешить мне писать может админ группы.`,
  alert(alert) {
    switch (alert.kind) {
      case "repaired":
        return alert.hasBackup
          ? "🧯 База была повреждена. Я убрал её в сторону и взял последнюю резервную копию: ссылки, которые пришли после неё, остались только в повреждённом файле. Серверы, доступ и настройки прежние, если рядом был их список (.known). Оба файла названы в журнале."
          : "🧯 База была повреждена, а резервной копии не нашлось. Я убрал её в сторону и начал с пустой: ждавшие ссылки остались в повреждённом файле, он назван в журнале. Серверы, доступ и настройки прежние, если рядом был их список (.known).";
      case "no_database":
        return "🧯 База данных недоступна: она занята, либо диск полон или только для чтения. Работаю без неё и передаю ссылки сразу; подробности в журнале.";
      case "database_failing":
        return `🧯 База данных недоступна: ${trouble[alert.because]}.`;
      case "newer_database":
        return "🧯 База данных записана более новой версией бота, эта её прочитать не может. Работаю без неё и передаю ссылки сразу. Верните ту версию или восстановите резервную копию, сделанную этой.";
      case "database_deleted":
        return alert.isRewritten
          ? "🧯 Файл базы удалили или подменили, пока бот работал. Я записал всё, что знаю, в новый, а лежавший на его месте убрал в сторону. Проверьте, кто это сделал."
          : "🧯 Файл базы удалили, пока бот работал, и записать новый не удаётся. Я продолжаю, но после остановки очередь пропадёт: освободите место или дайте право писать в эту папку.";
      case "not_backed_up":
        return `🧯 ${notBackedUp[alert.because]}`;
      case "database_back":
        return "💾 База данных снова доступна. Всё, что пришло за это время, уже в ней.";
      case "silent":
        return `🔇 «${named(alert.downloader.name)}» не отвечает.${load(alert.downloader)}`;
      case "back":
        return `🔊 «${named(alert.downloader.name)}» снова на связи.${load(alert.downloader)}`;
      case "unusable":
        return `⛔ «${named(alert.name)}» отвечает, но ${unusable[alert.problem]}. Ссылки уходят на другие серверы, если они есть.`;
      case "usable":
        return `✅ «${named(alert.name)}» снова принимает от меня ссылки.`;
      case "all_silent":
        return `📡 Почти все серверы не отвечают (${names(alert.downloaders)}). Возможно, дело в сети бота.`;
      case "joined":
        return `➕ Новый сервер «${named(alert.name)}», ${spellAddress(alert.at)}, берёт ${names(alert.roots)}`;
      case "same_address":
        return `👥 Новый сервер «${named(alert.name)}» на том же адресе, что и ${names(alert.others)}: ${spellAddress(alert.at)}. Если это тот же сервер под новым именем, уберите старое: /servers, его номер, «🗑 Убрать». До тех пор туда пойдут ссылки для обоих.`;
      case "moved":
        return `📍 «${named(alert.name)}» теперь по новому адресу: ${spellAddress(alert.from)} → ${spellAddress(alert.to)}`;
      case "rerooted":
        return `🧭 «${named(alert.name)}» теперь берёт другие ссылки: ${names(alert.to)}. Раньше: ${names(alert.from)}`;
      case "full":
        return `🈵 «${named(alert.name)}», ${spellAddress(alert.at)}, не смог зарегистрироваться: серверов уже ${alert.most}. Лишние можно убрать в /servers.`;
      case "crowded":
        return "🚧 Соединений от серверов больше, чем я могу держать: новые я закрываю, и какой-то сервер может не зарегистрироваться. Откуда они, видно в журнале.";
      case "lookalike":
        return `🎭 Сервер с адреса ${spellAddress(alert.at)} назвался «${named(alert.name)}», а это имя легко спутать с «${named(alert.like)}», и я ему отказал. Если он ваш, дайте ему другое имя.`;
      case "came_in":
        return `👋 ${named(alert.name)} (${alert.id}) получает доступ по приглашению, роль: ${role[alert.role]}`;
      case "paired":
        return `🔑 ${named(alert.name)} (${alert.id}) теперь админ: код для этого выдан на машине, где я работаю. Если это были не вы, закройте доступ в /users.`;
      case "conflict":
        return "⚠️ Сообщения этого бота получает другая его копия. Остановите её или дайте ей свой токен; отправлять я продолжаю.";
      case "flooded":
        return `⏳ Ещё ${minutes(alert.waitMs)} Telegram не будет отдавать мне сообщения. Всё, что напишут за это время, придёт потом; ссылки из очереди уходят вовремя.`;
      case "poison":
        return "⚠️ Из-за одного сообщения бот несколько раз падал, и я его пропустил. Какое именно, записано в журнале.";
    }
  },
  alarm: {
    ok: "Прочитано",
    pressed: "Хорошо",
    read: (line) => `✔️ ${line}`,
  },
  stranger: {
    asks: (name, id) =>
      id < 0 ? `🚪 Доступ просит группа: ${named(name)} (${id})` : `🚪 Доступ просит ${named(name)} (${id}).`,
    letIn: (name, id, by) => `✅ ${named(name)} (${id}) — доступ открыт. Решение: ${named(by)}.`,
    guest: (name, id, by, until) => `🕐 ${named(name)} (${id}) — гость до ${until}. Решение: ${named(by)}.`,
    refused: (name, id, by) =>
      `🚫 ${named(name)} (${id}) — отказ. Решение: ${named(by)}. Месяц не буду об этом спрашивать.`,
    button: { in: "✅ Впустить", day: "🕐 Гость на сутки", no: "🚫 Нет" },
    decided: "Уже решено",
  },
  you: {
    badInvite: "Это приглашение не работает: им уже воспользовались или оно устарело. Попросите новое.",
  },
  users: {
    title: (n) => `Доступ есть у ${counted(n, "участника", "участников", "участников")}`,
    fromConfig: "из файла настроек",
    since: (when, by) => `с ${when}, доступ от: ${named(by)}`,
    paired: (when) => `с ${when}, по одноразовому коду`,
    until: (when) => `до ${when}`,
    fixed: "Записано в файле настроек, поменять можно только там.",
    gone: "Доступа уже нет",
    button: { day: "Гость: ещё день" },
  },
  invite: {
    usage: "Напишите /invite, чтобы открыть доступ насовсем, или /invite 3д для гостя на три дня (можно 12ч, 2д).",
    user: (link) => `Доступ получит первый, кто откроет ссылку. Действует сутки.\n${link}`,
    guest: (link, ms) => `Гостем на ${stay(ms)} станет первый, кто откроет ссылку. Действует сутки.\n${link}`,
  },
  servers: {
    none: "Ни один сервер ещё не зарегистрировался.",
    title: (n) => counted(n, "сервер", "сервера", "серверов"),
    numbers: (running, waiting) => `в работе: ${running} · ждут отправки: ${waiting.links}${waiting.more ? "+" : ""}`,
    seen: (when) => `последний ответ: ${when}`,
    neverSeen: "ещё ни разу не отвечал",
    roots: (roots) => `берёт ${roots}`,
    failures: (n) => `${counted(n, "сбой", "сбоя", "сбоев")} подряд`,
    problem: unusable,
    unreachable: "недоступен",
    failing: "отвечает на ссылки ошибками",
    paused: "на паузе: новых ссылок не получает",
    registered: (when) => `зарегистрирован ${when}`,
    unregistered: (when) =>
      `подключён по коду ${when}, ещё не зарегистрирован\nЗапустите его на той машине; если он не регистрируется, причина — в его журнале. Если машина чужая, уберите его.`,
    answered: (ms) => `🏓 ответил за ${ms} мс`,
    silent: "🏓 не ответил",
    asking: "Спрашиваю…",
    sure: (name, hasJoined) =>
      `Убрать «${named(name)}»? ${hasJoined ? "Сервер подключён по коду: чтобы вернуть его, понадобится новый код." : "Сервер вернётся, когда снова зарегистрируется."} То, что там в работе, продолжится.`,
    gone: "Этого сервера уже нет",
    done: { paused: "На паузе", resumed: "Снова получает ссылки", removed: "Сервер убран" },
    button: { pause: "⏸ Пауза", resume: "▶️ Продолжить", ping: "🏓 Пинг", remove: "🗑 Убрать", sure: "🗑 Да, убрать" },
  },
  clean: {
    sure: (n) =>
      `Очистить историю у ${counted(n, "сервера", "серверов", "серверов")}? ${n === 1 ? "Сервер забудет то, что уже скачал" : "Серверы забудут то, что уже скачали"}; текущие загрузки продолжатся.`,
    working: "🧹 Очищаю историю…",
    title: "🧹 История очищена:",
    cleaned: (name) => `✅ ${named(name)}`,
    silent: (name) => `❌ ${named(name)} недоступен`,
    cancelled: "История не тронута.",
    button: { yes: "🧹 Да, очистить", no: "Нет" },
  },
  where: {
    order: "Пробовал бы в таком порядке (он случайный):",
    nobody: "Для этого сайта нет сервера.",
    route: (match, to) => `По маршруту ${match}: ${names(to)}; списки сайтов серверов не учитываются.`,
    byRoot: (root) => `берёт ${root}`,
    byRoute: "по маршруту",
    paused: "на паузе",
    shut: (from, to) => `не сейчас: берёт такие ссылки с ${from} до ${to}`,
    unreachable: "недоступен",
    failing: "отвечает на ссылки ошибками",
    has: (name, when) => `📥 Ссылка на сервере «${named(name)}» с ${when}.`,
    had: (name, when) => `✅ Сервер «${named(name)}» взял ссылку ${when}; уже скачано.`,
    queued: (chat, state) => `📋 ${named(chat)}: ${state}`,
  },
  tooManyOpen: (open, most) =>
    `В очереди может быть не больше ${counted(most, "ссылки", "ссылок", "ссылок")}, у вас уже ${open}. Ничего не добавлено: пришлите эти ссылки позже.`,
};
