import { named } from "../../../domain/text.ts";
import type { Texts } from "../en/en.ts";
import { links } from "./links.ts";

/** What a prompt's panels say, and the answers to presses on them, in Russian. */
export const panels: Texts["panels"] = {
  several: links,
  one: (n, all) => `Ссылка ${n} из ${all}`,
  sent: (downloader) => `📤 Передана серверу «${named(downloader)}»`,
  continued: "Ссылки, которые ещё ждут, перешли в новое сообщение.",
  typeTime: "Время можно и написать в ответ на это сообщение: 23:30, сб 10:00, через 40 мин.",
  notATime:
    "Не получилось понять время, ничего не изменено. Например: 23:30, завтра в 9, сб 10:00, через 40 мин, 30 ноября 8:00.",
  over: "Это сообщение больше не нужно.",
  button: {
    quality: (chosen) => (chosen === undefined ? "Качество" : `Качество: ${chosen}`),
    folder: (chosen) => (chosen === undefined ? "Папка" : `Папка: ${chosen}`),
    more: "Ещё",
    oneOf: "Одна из них",
    page: (page, pages) => `Страница ${page} из ${pages}, дальше`,
    copy: "Скопировать адрес",
    back: "Назад",
  },
  pressed: {
    renewed: "Кнопки устарели, ничего не изменено. Вот новые.",
    foreign: "Изменить может тот, кто прислал ссылку, или админ",
    partly: (done, left) => `Изменено: ${links(done)}. Уже не изменить: ${left}`,
  },
};
