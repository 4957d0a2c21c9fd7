import type { LinkProblem } from "../../domain/url.ts";
import type { CommandWords } from "../en/en.ts";

const REASONS: Readonly<Record<LinkProblem, string>> = {
  not_http: "не http",
  magnet: "magnet",
  credentials: "в ней логин или пароль",
  private_address: "адрес локальной сети",
  too_long: "слишком длинная",
  malformed: "с ошибкой",
};

/** `dwld-bot import`, in Russian. */
export const imported: CommandWords["imported"] = {
  needsFrom: "Для import нужен ключ --from с папкой или файлами версии на Go.",
  neither: (path) => `${path} — не YAML и не база версии на Go: не трогаю`,
  from: (path) => `Из ${path}:`,
  wrote: (path) => `Записано: ${path}`,
  wouldWrite: (path) => `Будет записано: ${path}`,
  configStays: (path, source) => `${path} уже есть: из ${source} ничего не перенесено`,
  noQueueNamed: "Очередь не перенесена: указанное — не база версии на Go",
  noQueueFound: "База версии на Go не найдена: укажите её links.db ключом --from",
  went: (path) => `Перенесено в ${path}`,
  wouldGo: (path) => `Будет перенесено в ${path}`,
  noAdmin: (config) =>
    `Администратора в них нет. Перед запуском бота: dwld-bot pair --config ${config}, и отправьте боту показанный код.`,
  stopTheOther: "Прежде чем запускать бота, насовсем остановите версию на Go: двоих сразу Telegram не обслуживает.",
  noConfig: (path) => `${path} — не настройки этой версии: укажите другой файл ключом --config.`,
  whichConfig: (database) => `В базу какого бота перенести ${database}? Укажите его настройки ключом --config.`,
  badConfig: (path) =>
    `Из настроек версии на Go рабочие не получаются. Напишите ${path} сами и повторите перенос с --config:`,
  running: (path) =>
    `С базой ${path} уже работает другой dwld-bot. Сначала остановите его или дайте этому свой store.path.`,
  newer: (path) =>
    `${path} — база от более новой версии dwld-bot. Верните ту версию или восстановите копию, сделанную этой.`,
  failed: (path, code) => `Не удаётся перенести в ${path}: SQLite отвечает ${code}.`,
  whichOne: (paths) => `Что из этого взять? ${paths}. Укажите файлы ключом --from.`,
  nothing: (paths) => `Ни YAML, ни базы версии на Go здесь нет: ${paths}.`,
  unreadYaml: (problem) => `Не удаётся прочитать ${problem}`,
  unreadDatabase: (path, code) => `Не удаётся прочитать ${path}: SQLite отвечает ${code}. Файл не изменён.`,
  taken: (what) => `перенесено: ${what}`,
  left: (why) => `не перенесено, потому что ${why}:`,
  more: (n) => `… и ещё ${n}`,
  what: {
    some: (n, key) => `${n} из ${key}`,
    one: (value, key) => `${value} из ${key}`,
    buttons: (n) => `папки с его кнопок (${n})`,
    otherFolders: (names) => `другие папки его ссылок: ${names}`,
    listen: (server, address) => `${server}: адрес ${address}`,
    links: (n, all) => `ссылок: ${n} из ${all}`,
    link: (address) => `ссылка ${address ?? "(пусто)"}`,
    downloaders: (n, all) => `серверов: ${n} из ${all}`,
    downloader: (name) => `сервер «${name}»`,
    deletions: (n, all) => `сообщений на удаление: ${n} из ${all}`,
    deletion: (message, chat) => `сообщение на удаление (${message} в чате ${chat})`,
  },
  why: {
    noId: "это не id",
    noIds: "это не id",
    noSuchThing: "здесь такого нет",
    ownDatabase: "у этой версии своя база: store.path",
    noProxies: "это не адреса вида socks5://name:password@host:1080",
    alwaysServes: "эта версия принимает соединения всегда, по умолчанию только с этой машины",
    noPort: "это не порт",
    open: (keys) => `его увидели бы и посторонние: если серверы на других машинах, задайте ${keys}`,
    grpcKeys: "grpc.listen вместе с grpc.token или grpc.tls",
    httpKeys: "http.listen и http.token",
    noOwner: "у неё нет владельца",
    noLink: (reason) => `такие ссылки не принимаются (${REASONS[reason]})`,
    queued: "она уже в очереди",
    delivered: "она уже отправлена",
    takenBefore: "она уже была перенесена",
    badRegistration: (problem) => `он записан с ошибкой (${problem})`,
    registered: "он уже зарегистрирован",
    twice: "оно записано не один раз",
    planned: "оно уже запланировано",
  },
};
