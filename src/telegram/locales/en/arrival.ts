import { named } from "../name.ts";

const rules = new Intl.PluralRules("en");

/** What is said about the links of a message that are not simply queued, in English. */
export const arrival = {
  duplicate: "This link is in the queue already ☝️",
  duplicates: "I have these already:",
  inQueue: "in the queue already",
  beingDownloaded: (downloader: string) => `“${named(downloader)}” is downloading it already`,
  more: (n: number) => `… and ${n} more ${rules.select(n) === "one" ? "link" : "links"}`,
};
