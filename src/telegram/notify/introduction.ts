import type { Log } from "../../domain/log.ts";
import { texts } from "../locales/locales.ts";
import type { BotApi, Outbox } from "../outbox/outbox.ts";
import { VARIANTS, type Variant } from "./variants.ts";

/**
 * What Telegram shows about the bot before anybody has written to it (Bot API: `setMyDescription`), and on its profile
 * (`setMyShortDescription`). What the operator has written at @BotFather stays.
 */
export interface Introduction {
  /** Makes Telegram show it where it shows nothing yet, in the background. Call it again after a while: it may have failed. */
  sync(): void;
}

const WORDS = ["description", "short"] as const;

/** If Telegram shows the default for a language that has none, that counts as nothing too. */
const OURS = new Set(Object.values(texts).flatMap(({ people }) => WORDS.map((which) => people.introduction[which])));

export function createIntroduction({ outbox, log }: { outbox: Pick<Outbox, "ask">; log: Log }): Introduction {
  let isDone = false;
  let isUnderWay = false;

  async function shown(api: BotApi, which: (typeof WORDS)[number], code: Variant["code"]): Promise<string> {
    return which === "description"
      ? (await api.getMyDescription(code)).description
      : (await api.getMyShortDescription(code)).short_description;
  }

  /** False if Telegram did not answer. */
  async function show(which: (typeof WORDS)[number], { language, code }: Variant): Promise<boolean> {
    const wanted = texts[language].people.introduction[which];
    const now = await outbox.ask("see how the bot is introduced", (api) => shown(api, which, code));
    if (now === undefined || now === wanted) return now === wanted;
    if (now !== "" && !OURS.has(now)) return true;
    const set = await outbox.ask("introduce the bot", (api) =>
      which === "description"
        ? api.setMyDescription({ description: wanted, ...code })
        : api.setMyShortDescription({ short_description: wanted, ...code }),
    );
    return set === true;
  }

  async function introduce(): Promise<void> {
    let isShown = true;
    for (const which of WORDS) {
      // One after another: Telegram lets a bot change these only seldom.
      for (const variant of VARIANTS) isShown = isShown && (await show(which, variant));
    }
    isDone = isShown;
  }

  return {
    sync() {
      if (isDone || isUnderWay) return;
      isUnderWay = true;
      void introduce()
        .catch((error) => log.error("Cannot introduce the bot", { error }))
        .finally(() => {
          isUnderWay = false;
        });
    },
  };
}
