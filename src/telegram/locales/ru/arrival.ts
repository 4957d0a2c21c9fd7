import type { Texts } from "../en/en.ts";
import { named } from "../name.ts";

const rules = new Intl.PluralRules("ru");

/** What is said about the links of a message that are not simply queued, in Russian. */
export const arrival: Texts["arrival"] = {
  duplicate: "Эта ссылка уже в очереди ☝️",
  duplicates: "Эти ссылки у меня уже есть:",
  inQueue: "уже в очереди",
  beingDownloaded: (downloader) => `её уже качает «${named(downloader)}»`,
  more: (n) => {
    const form = rules.select(n);
    return `… и ещё ${n} ${form === "one" ? "ссылка" : form === "few" ? "ссылки" : "ссылок"}`;
  },
};
