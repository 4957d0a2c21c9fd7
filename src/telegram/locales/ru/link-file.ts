import type { Texts } from "../en/en.ts";

/** What is wrong with a file of links, in Russian. */
export const linkFile: Texts["linkFile"] = {
  tooBig: "Файл больше 1 МБ. Ничего не добавлено: пришлите ссылки файлом поменьше или сообщением.",
  tooMany: "В файле больше 500 ссылок. Ничего не добавлено: пришлите их несколькими файлами.",
  unreadable: "Не удалось получить файл из Telegram. Пришлите его ещё раз через несколько минут.",
  noLinks: "В этом файле нет ссылок.",
};
