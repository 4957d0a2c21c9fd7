import type { CommandWords } from "../en/en.ts";
import { NO_HTTP2 } from "./check.ts";

/** What `dwld-bot conformance` finds out, in Russian. */
export const conformance: CommandWords["conformance"] = {
  answers: (message) => `Сервер отвечает${message === "" ? "" : `: ${message}`}`,
  silent: (detail) => `Сервер не отвечает: ${detail}`,
  silentAdvice:
    "Запущен ли он? Верный ли адрес? Если он работает по TLS, укажите в --ca центр, которым подписан его сертификат.",
  notTrustedAdvice:
    "Дело в сертификате: указан ли в --ca тот центр, которым подписан сертификат сервера, и то ли в нём имя (--name)? Если сервер работает без TLS, уберите --ca.",
  notLetInAdvice: "Сервер не пускает: укажите то, по чему он узнаёт бота, — --tls-cert и --tls-key или --token-file.",
  noHttp2Advice: NO_HTTP2,
  lists: "Queue отдаёт список",
  listsNot: (detail) => `Queue не отдаёт список: ${detail}`,
  tells: "Status сообщает, что скачивается",
  tellsNot: (detail) => `Status не отвечает: ${detail}`,
  refusesEmpty: "Пустая ссылка отклоняется",
  takesEmpty: "Пустая ссылка не отклоняется: нужен ответ INVALID_ARGUMENT",
  takes: "SetToQueue принимает ссылку",
  takesNot: (detail) => `SetToQueue не принимает ссылку: ${detail}`,
  takesNotAdvice: "Укажите ссылку, которую он берёт: --link.",
  keeps: "Принятая ссылка есть в списке, в точности какой пришла",
  keepsNot: "Принятой ссылки нет в списке: её нужно сохранить до ответа и ничего в ней не менять",
  quality: "В списке то качество, которое просили",
  qualityNot: (found) => `В списке качество «${found}», а не 720`,
  once: "Если отправить ссылку ещё раз, в списке она остаётся одна",
  twice: (times) => `Ссылка, отправленная ещё раз, повторяется в списке: ${times}`,
  again: (detail) => `Неверный ответ на ссылку, которая уже есть; её получит и другой сервер: ${detail}`,
  againAdvice: "Нужен ответ ALREADY_EXISTS.",
  drops: "DeleteFromQueue убирает ссылку и останавливает загрузку",
  runsOn: "DeleteFromQueue убирает ссылку, но загрузка продолжается",
  dropsNot: "После DeleteFromQueue ссылка остаётся в списке",
  fails: (method, detail) => `Ошибка ${method}: ${detail}`,
  dropsUnknown: "Удаление ссылки, которой у него нет, проходит без ошибки",
  cleans: "CleanHistory работает",
  done: (name) => `Загрузка завершается, в списке DONE: ${name}`,
  trouble: (why) => `Загрузка не удалась, причина в списке есть: ${why}`,
  lost: "Загрузка пропала из списка без DONE: его нужно показывать несколько минут",
  endless: "Загрузка не закончилась за десять минут",
};
