import { bold, type FormattableString, format, join } from "gramio";
import type { WayState } from "../../domain/endpoint.ts";
import { foreign, plain } from "../../domain/text.ts";
import type { Texts } from "../locales/locales.ts";

const MOST_WAYS = 10;
const LONGEST_NAME = 100;

const MARKS: Readonly<Record<WayState["state"], string>> = { ok: "🟢", failing: "🔴", refused: "🔴", untried: "⚪" };

/** How Telegram is reached, the way in use in bold; undefined when there is only one way. */
export function waysSection(
  ways: readonly WayState[],
  { texts, now }: { texts: Texts; now: number },
): FormattableString | undefined {
  if (ways.length < 2) return undefined;
  const words = texts.lists.status;
  const shown = ways.filter(({ isCurrent }, index) => isCurrent || index < MOST_WAYS);
  const lines = shown.map((way) => {
    const name = foreign(plain(way.name, LONGEST_NAME));
    const seen = way.lastOkAt === undefined ? undefined : words.ago(now - way.lastOkAt);
    const trouble = {
      ok: "",
      untried: "",
      refused: words.refused,
      failing: seen === undefined ? words.neverSeen : words.offline(seen),
    }[way.state];
    return format`${MARKS[way.state]} ${way.isCurrent ? bold(name) : name}${trouble === "" ? "" : ` · ${trouble}`}`;
  });
  const rest = ways.length - shown.length;
  return join([words.telegram, ...lines, ...(rest > 0 ? [words.moreRunning(rest)] : [])], (line) => line, "\n");
}
