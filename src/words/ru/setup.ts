import type { CommandWords } from "../en/en.ts";

/** `dwld-bot init` and `backup`, and what every command says of files, in Russian. */
export const setup: Pick<CommandWords, "files" | "init" | "backup" | "config"> = {
  files: {
    exists: (path) => `${path} уже есть и не будет перезаписан.`,
    unwritten: (path, code) => `Не удаётся записать ${path}: ${code}.`,
    unread: (path, code) => `Не удаётся прочитать ${path}: ${code}.`,
    missing: (path) => `${path} не существует.`,
  },
  init: {
    exists: (path) => `${path} уже есть: --force заменит его, --output FILE задаст другой файл.`,
    needsAdmin: "Спросить негде, это не терминал: укажите свой id ключом --admin ID.",
    needsToken: "Спросить негде, это не терминал: укажите файл с токеном ключом --token-file FILE.",
    askToken: "Токен бота от @BotFather (при вводе не виден): ",
    noToken: "Это не токен: он выглядит как 123456:ABC…",
    unknownToken: "Telegram не знает такого токена.",
    tokenAdvice: "@BotFather покажет его по /token.",
    known: (bot) => `Токен верный: это бот @${bot}.`,
    write: (address) => `Теперь напишите ему что угодно: ${address}`,
    unreachable: (why) =>
      `Telegram недоступен (${why}). Если он заблокирован, задайте DWLD_BOT_TELEGRAM_PROXIES или укажите другой адрес ключом --api-root.`,
    goesOn: (why) => `Telegram не отвечает (${why}); пробую дальше.`,
    isItYou: (person, known, id) =>
      `Боту пишет ${person} (${known === undefined ? "" : `@${known}, `}id ${id}). Это вы? [д/н] `,
    askFolder:
      "Скачивать на этой же машине встроенным сервером? Укажите папку для файлов или нажмите Enter, если нет: ",
    takenByAnother:
      "Сообщения этого бота забирает другая программа. Остановите её и повторите или укажите свой id ключом --admin.",
    revoked: "Telegram больше не принимает этот токен.",
    ended: "Ввод закончился, ничего не записано.",
    nothingWritten: "Ничего не записано.",
    wrote: (path) => `Записано: ${path}. Дальше: dwld-bot check --config ${path}`,
  },
  backup: {
    noDatabase: (path) => `Базы ${path} нет. Укажите файл настроек бота ключом --config.`,
    done: (from, to, bytes) => `База ${from} скопирована в ${to} (${bytes} Б) и проверена.`,
    damaged: (from, to) =>
      `Не удаётся скопировать ${from} в ${to}: база повреждена. Запустите бота: он отложит её в сторону и возьмёт последнюю исправную копию.`,
    failed: (from, to, code) =>
      `Не удаётся скопировать ${from} в ${to}: SQLite отвечает ${code}. Есть ли место на диске, может ли этот пользователь прочитать одно и записать другое?`,
    exists: (to) => `${to} уже есть и не будет перезаписан. Укажите другой файл.`,
    noFolder: (to, folder) => `Не удаётся записать ${to}: нет папки ${folder}.`,
  },
  config: {
    comments: {
      "telegram.token": "От @BotFather. У кого он есть, тот и управляет ботом: никому не показывайте этот файл.",
      "telegram.token_file": "Файл с токеном от @BotFather.",
      "telegram.admins": "Id людей или групп, которые управляют всем.",
      "telegram.users":
        "Id людей или групп, которым можно пользоваться ботом; администраторы могут добавить других когда угодно.",
      "telegram.api_roots": "Адреса Bot API, пробуются по порядку.",
      "telegram.proxies": "Прокси, пробуются по порядку наравне с прямым соединением.",
      folders: "Папки на файловом сервере, которые предлагает клавиатура; первая — по умолчанию.",
      "downloader.dir": "Сюда скачивает встроенный сервер рядом с ботом.",
      "grpc.listen": "Где регистрируются серверы.",
      "store.path": "Очередь.",
      "http.listen": "Где находятся POST /links, /healthz, /readyz и /metrics.",
    },
    others: "У остальных ключей значения по умолчанию; все ключи описаны в config.example.yaml.",
    handedOver: (path) => `Токен из ${path} передаёт systemd.`,
    imported: (path) => `Из настроек версии на Go: ${path}.`,
  },
};
