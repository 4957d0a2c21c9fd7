import type { CommandWords } from "../en/en.ts";

/** What has to follow an option, by what stands for it in the help. */
const VALUES: Readonly<Record<string, string>> = {
  FILE: "имя файла",
  "DIR|FILE": "папку или файл",
  ID: "id",
  ARG: "аргумент",
  DIR: "папку",
  NAME: "имя",
  SITES: "сайты через запятую",
  N: "число",
  "KEY=VALUE": "имя и значение",
  SIZE: "размер",
  LANG: "язык",
  CODE: "код",
};

/** The command line, in Russian. */
export const cli: CommandWords["cli"] = {
  commands: {
    run: "работать, пока не остановят (по умолчанию)",
    init: "настроить: спросить токен, узнать ваш id из первого сообщения, записать настройки",
    pair: "показать одноразовый код: кто первым пришлёт его боту, станет администратором",
    check: "проверить всё и сказать, что не так и что делать",
    import: "перенести настройки и очередь версии на Go; её файлы не меняются",
    backup: "скопировать базу в FILE, можно при работающем боте",
    "add-server": "создать код, по которому другая машина станет сервером NAME",
    downloader: "скачивать то, что передаёт бот; отдельный процесс",
    conformance: "проверить, делает ли сервер по адресу ADDRESS то, что должен",
    help: "показать эту справку",
    version: "показать версию",
  },
  options: {
    config: "файл настроек",
    output: "куда записать настройки (config.yaml)",
    admin: "id администратора; без него и без терминала — код, как у pair",
    "token-file": "хранить токен в FILE: прочитать оттуда или записать туда, если файла нет",
    "api-root": "адрес Bot API (https://api.telegram.org)",
    force: "заменить файл настроек, если он уже есть",
    json: "вывести результат в JSON",
    from: "где её YAML и links.db (можно указать несколько раз)",
    "dry-run": "показать, что будет перенесено, и ничего не менять",
    address: "где эта машина доступна другим: HOST или HOST:PORT (её адреса)",
    dir: "папка для файлов (обязательно)",
    name: "имя для людей (имя этой машины)",
    roots: "какие сайты берёт: youtube.com,vk.com/video (*)",
    bot: "где бот ждёт серверы (127.0.0.1:9999)",
    listen: "где ждать бота (127.0.0.1:50051)",
    "tls-cert": "его сертификат, PEM: бот вызывает его по TLS",
    "tls-key": "ключ этого сертификата, PEM",
    "bot-ca": "центр, выдавший сертификат бота, PEM: бота он вызывает по TLS",
    join: "подключиться к боту по коду из add-server (-: прочитать его из stdin)",
    "join-file": "то же, но код лежит в FILE",
    "plain-token": "передавать токен боту в интернете без шифрования",
    concurrency: "сколько качать одновременно (2)",
    rate: "байт в секунду на загрузку: 500K, 2M",
    "min-free": "сколько оставлять свободным на диске (1G)",
    "yt-dlp": "yt-dlp, если его нет в PATH",
    "yt-dlp-arg": "ещё один аргумент для yt-dlp (можно указать несколько раз)",
    cookies: "файл cookies для yt-dlp",
    "allow-private": "пускать ссылки в локальную сеть",
    backend: "программа, которая качает за него (auto: качает сам)",
    "backend-url": "адрес этой программы",
    "backend-user": "имя пользователя в ней",
    "backend-secret-file": "пароль или ключ к ней",
    "backend-dir": "куда ей класть файлы: путь, каким его видит она",
    "backend-option": "настройка именно этой программы (можно указать несколько раз)",
    check: "проверить папку, эту программу и бота и сказать, что не так",
    search: "показать, какие такие программы есть на этой машине и по каким адресам",
    language: "язык сообщений: en или ru (язык системы)",
    ca: "вызывать по TLS: его сертификат или сертификат центра, PEM",
    link: "на какой ссылке проверять; она будет скачана до конца",
    "with-downloader": "и скачивать в DIR: рядом с ботом запустится встроенный сервер",
    help: "показать эту справку",
    version: "показать версию",
  },
  elsewhere: {
    downloader: {
      "token-file": "файл с grpc.token бота",
      json: "вместе с --check: вывести результат в JSON",
    },
    conformance: {
      "token-file": "файл с токеном, который требует сервер",
      name: "имя сервера в его сертификате",
      "tls-cert": "сертификат бота, PEM, если сервер его требует",
      "tls-key": "ключ этого сертификата, PEM",
    },
  },
  unknownCommand: (name, meant) =>
    `Нет такой команды: «${name}».${meant === undefined ? "" : ` Может быть, ${meant}?`}`,
  unexpected: (argument, command) => `Лишний аргумент «${argument}» после ${command}.`,
  needsAddress: (command) => `Для ${command} нужен адрес с портом, например 127.0.0.1:50051.`,
  needsName: (command) => `Для ${command} нужно имя сервера.`,
  needsFile: (command) => `Для ${command} нужно имя файла.`,
  otherFile: (path) => `${path} не читается, или это не тот файл.`,
  needsOther: (option, other) => `Вместе с ${option} нужен и ${other}.`,
  unknownOption: (option) => `Нет такого ключа: ${option}.`,
  needsValue: (option) => `После ${option} нужно значение.`,
  takesNoValue: (option) => `Для ${option} значение не нужно.`,
  notOf: (command, option) => `У команды ${command} нет ключа ${option}.`,
  emptyValue: (option, value) => `После ${option} нужно указать ${VALUES[value] ?? "адрес"}.`,
  tryHelp: "Справка: dwld-bot --help.",
  help: (lines) => `dwld-bot принимает ссылки в чатах Telegram и раздаёт их серверам, которые скачивают.

Запуск: dwld-bot [КОМАНДА] [КЛЮЧ…]
        dwld-bot backup FILE
        dwld-bot import --from DIR [--dry-run]
        dwld-bot add-server NAME [--address ADDRESS]
        dwld-bot downloader --dir DIR [--bot ADDRESS | --join CODE]
        dwld-bot conformance ADDRESS [--link URL]

Команды:
${lines.commands}

Ключи:
${lines.general}

Ключи команды init:
${lines.init}

Ключи команды check:
${lines.check}

Ключи команды import:
${lines.imported}

Ключи команды add-server:
${lines.addServer}

Ключи команды downloader:
${lines.downloader}

Ключи команды conformance:
${lines.conformance}

Без --config настройки берутся из $DWLD_BOT_CONFIG, ./config.yaml или /etc/dwld-bot/config.yaml. Любое
значение можно задать и в переменной окружения: DWLD_BOT_TELEGRAM_TOKEN, DWLD_BOT_TELEGRAM_ADMINS и так далее.

Как восстановить базу из копии: остановите бота, уберите базу вместе с её -wal и -shm, положите копию на её
место, запустите бота.

Коды выхода: 0 остановлен или готово; 64 ошибка в команде; 70 ошибка в программе; 75 не сейчас: уже запущен
другой экземпляр, база занята, кончилось место, адрес занят или его ещё нет; 78 неверные настройки или токен,
что-то не читается или не пишется, либо check нашёл ошибки.
`,
};
