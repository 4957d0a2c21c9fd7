import { format } from "gramio";
import type { notices as en } from "../en/notices.ts";

/** What people are told about links that were handed over, in Russian. */
export const notices: typeof en = {
  done: (what, downloader) => format`✅ Готово: ${what} (${downloader})`,
  trouble: (what, downloader, message) => format`⚠️ ${downloader} не может скачать ${what}: ${message}`,
  lost: (what, downloader) => format`❓ У ${downloader} больше нет ${what}, а чем кончилось, я не видел.`,
  more: (n) => `…и ещё ${n}`,
  again: "🔁 Отправить снова",
  queuedAgain: "Снова в очереди",
  queuedAlready: "Уже в очереди",
};
