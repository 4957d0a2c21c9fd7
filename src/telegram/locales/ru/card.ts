import type { Failure } from "../../../domain/link.ts";
import type { Quality } from "../../../domain/quality.ts";
import type { Texts } from "../en/en.ts";
import { named } from "../name.ts";

const rules = new Intl.PluralRules("ru");

function counted(n: number, one: string, few: string, many: string): string {
  const form = rules.select(n);
  return `${n} ${form === "one" ? one : form === "few" ? few : many}`;
}

/** A quality in words. */
export const quality = (value: Quality): string => (value === "best" ? "лучшее" : `${value}p`);

const failure = ({ reason, downloader }: Failure) =>
  ({
    unreachable: `«${named(downloader)}» недоступен`,
    refused: `«${named(downloader)}» её не принял`,
    incompatible: `«${named(downloader)}» не пускает этого бота`,
    silent: `«${named(downloader)}» не отвечает`,
  })[reason];

/** A link's prompt, in Russian. */
export const card: Texts["card"] = {
  waiting: (at) => `⏳ Ждёт до ${at}`,
  goingOut: "⏳ Уходит",
  retry: (attempts, why, at) =>
    `⚠️ Пробовал ${counted(attempts, "раз", "раза", "раз")}: ${failure(why)}. Следующая попытка: ${at}`,
  sending: "📤 Передаётся загрузчику",
  uncertain: "📤 Возможно, загрузчик её уже взял — уточняю",
  unmatched: "🕳 Такие ссылки сейчас никто не берёт. Жду подходящий загрузчик.",
  unmatchedChosen: (downloader) => `🕳 Ждёт «${named(downloader)}», который сейчас ничего не берёт`,
  failed: (attempts, why) =>
    `❌ Не вышло за ${counted(attempts, "попытку", "попытки", "попыток")}${why === null ? "" : `: ${failure(why)}`}`,
  removed: "🗑 Убрана",
  details: ({ quality: value, folder, downloader }) =>
    [
      `Качество: ${quality(value)}`,
      ...(folder === null ? [] : [`папка: ${folder}`]),
      ...(downloader === null ? [] : [`сервер: ${named(downloader)}`]),
    ].join(" · "),
  button: {
    inOneHour: "Через час",
    tonight: "Ночью",
    tomorrow: "Завтра",
    anyServer: "🎲 Любой",
    undo: "↩️ Вернуть",
  },
  pressed: {
    waits: (at) => `Ждёт до ${at}`,
    undone: "Снова в очереди",
  },
};
