import type { CommandWords } from "../en/en.ts";

/** Why the bot, or the built-in downloader, cannot start, in Russian. */
export const start: CommandWords["start"] = {
  running: (path) => `С базой ${path} уже работает другой dwld-bot. Остановите его или дайте этому свой store.path.`,
  newer: (path) =>
    `${path} — база от более новой версии dwld-bot. Верните ту версию или восстановите копию, сделанную этой: копии лежат рядом, в папке backups.`,
  joined: (path, code) =>
    `Не удаётся прочитать ${path}, по которому бот узнаёт сервер, подключённый по коду: ${code ?? "в нём не то, что было записано"}. Верните этот файл или удалите его и подключите тот сервер заново.`,
  folder: "store.path — папка: укажите файл в ней, например dwld-bot.db.",
  database: (path, code) => `База ${path} недоступна: ${code}. Проверьте store.path и его папку.`,
  forbidden: (path, code) =>
    `База ${path} недоступна: ${code}. Отдайте её папку пользователю, от имени которого работает бот, или смените store.path.`,
  unauthorized:
    "Telegram не принимает токен: проверьте telegram.token, а если токен отозван, попросите у @BotFather новый (/revoke).",
  listen: {
    downloaders: (where) => `Не удаётся открыть адрес для серверов ${where}`,
    HTTP: (where) => `Не удаётся открыть адрес для HTTP ${where}`,
    "the bot": (where) => `Не удаётся открыть адрес для бота ${where}`,
    taken: (port, holder, key) =>
      holder === undefined
        ? `порт ${port} занят другой программой (EADDRINUSE); какой — покажет sudo ss -ltnp 'sport = :${port}'. Остановите её или смените ${key}.`
        : `порт ${port} занят программой ${holder} (EADDRINUSE). Остановите её или смените ${key}.`,
    absent: (host, key) =>
      `у этой машины сейчас нет адреса ${host} (EADDRNOTAVAIL). Подождите, пока он появится, или смените ${key}.`,
    unknownName: (host, code, key) =>
      `имя ${host} сейчас не находится (${code}). Проверьте, как оно написано, или укажите в ${key} адрес.`,
    low: (port, key) =>
      `порт ${port} закрыт для этого пользователя (EACCES): порты до 1024 доступны только root. Укажите в ${key} больший.`,
    openToAll: (host) =>
      `${host} открыт для всех: задайте grpc.token или grpc.allowed_networks либо слушайте на частном адресе.`,
    failed: (code, key) => `${code}. Смените ${key}.`,
  },
};
