import type { Seat } from "../state.ts";

/** What the page says besides the chats, which speak the language of whoever's chat it is. */
export interface Words {
  readonly language: "en" | "ru";
  readonly intro: string;
  readonly away: string;
  /** Of an act that came to nothing. */
  readonly failed: string;
  readonly role: Readonly<Record<Seat["role"], string>>;
  readonly message: string;
  readonly send: string;
  readonly links: string;
  readonly commands: string;
  readonly reply: string;
  readonly replyTo: (text: string) => string;
  readonly cancel: string;
  readonly edited: string;
  readonly rang: string;
  readonly reacted: string;
  readonly deleted: (count: number) => string;
  readonly copied: string;
  readonly faults: string;
  readonly server: (name: string) => string;
  readonly telegram: string;
  readonly database: string;
  readonly kill: string;
  readonly bot: (runs: boolean, starts: number) => string;
  readonly files: string;
  readonly noFiles: string;
  readonly size: (bytes: number) => string;
}

/** In the units of the bot. */
const sizeIn = (language: string, unit: string) => (bytes: number) =>
  `${(bytes / 2 ** 20).toLocaleString(language, { maximumFractionDigits: 1 })} ${unit}`;

/** By the browser's language. */
export const words: Readonly<Record<"en" | "ru", Words>> = {
  en: {
    language: "en",
    intro: "The real bot and two servers run on this machine; only Telegram is fake. Send a link and watch it arrive.",
    away: "The demo has ended. Start it again with npm run demo.",
    failed: "That did not work: the bot does not answer, or the message is gone.",
    role: { admin: "admin", user: "user", stranger: "stranger" },
    message: "Message",
    send: "Send",
    links: "Links that the servers take",
    commands: "Commands",
    reply: "Reply",
    replyTo: (text) => `Reply to: ${text}`,
    cancel: "Cancel",
    edited: "edited",
    rang: "It made a sound",
    reacted: "The bot's reaction",
    deleted: (count) => `Deleted: ${count}`,
    copied: "Copied",
    faults: "What can go wrong",
    server: (name) => `Server ${name}`,
    telegram: "Telegram can be reached",
    database: "Database can be written to",
    kill: "kill -9 the bot",
    bot: (runs, starts) =>
      runs ? `The bot is running (start ${starts}).` : "The bot is down; it will be back in a second.",
    files: "Files on the servers",
    noFiles: "Nothing has arrived yet.",
    size: sizeIn("en", "MB"),
  },
  ru: {
    language: "ru",
    intro:
      "На этой машине работают настоящий бот и два сервера, ненастоящий только Telegram. Отправьте ссылку и посмотрите, как придёт файл.",
    away: "Демонстрация завершена. Чтобы начать снова, выполните npm run demo.",
    failed: "Не получилось: бот не отвечает или сообщения уже нет.",
    role: { admin: "админ", user: "пользователь", stranger: "незнакомец" },
    message: "Сообщение",
    send: "Отправить",
    links: "Ссылки, которые берут серверы",
    commands: "Команды",
    reply: "Ответить",
    replyTo: (text) => `В ответ на: ${text}`,
    cancel: "Отмена",
    edited: "изменено",
    rang: "Пришло со звуком",
    reacted: "Реакция бота",
    deleted: (count) => `Удалено: ${count}`,
    copied: "Скопировано",
    faults: "Что может сломаться",
    server: (name) => `Сервер ${name}`,
    telegram: "Telegram доступен",
    database: "База доступна для записи",
    kill: "Убить бота (kill -9)",
    bot: (runs, starts) => (runs ? `Бот работает (запуск ${starts}).` : "Бот упал, через секунду вернётся."),
    files: "Файлы на серверах",
    noFiles: "Пока ничего не пришло.",
    size: sizeIn("ru", "МБ"),
  },
};
