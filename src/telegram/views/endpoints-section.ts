import { bold, type FormattableString, format, join } from "gramio";
import type { EndpointStatus } from "../../domain/endpoint.ts";
import { foreign, plain } from "../../domain/text.ts";
import type { Texts } from "../locales/locales.ts";

const MOST_ENDPOINTS = 10;
const LONGEST_NAME = 100;

const MARKS: Readonly<Record<EndpointStatus["state"], string>> = {
  ok: "🟢",
  failing: "🔴",
  refused: "🔴",
  untried: "⚪",
};

/** How Telegram is reached, with the endpoint in use in bold; undefined if there is only one. */
export function endpointsSection(
  endpoints: readonly EndpointStatus[],
  { texts, now }: { texts: Texts; now: number },
): FormattableString | undefined {
  if (endpoints.length < 2) return undefined;
  const words = texts.lists.status;
  const shown = endpoints.filter(({ isCurrent }, index) => isCurrent || index < MOST_ENDPOINTS);
  const lines = shown.map((endpoint) => {
    const name = foreign(plain(endpoint.name, LONGEST_NAME));
    const { lastOkAt } = endpoint;
    const state = {
      ok: words.works,
      untried: words.untried,
      refused: words.refused,
      failing: lastOkAt === undefined ? words.neverSeen : words.offline(now - lastOkAt),
    }[endpoint.state];
    return format`${MARKS[endpoint.state]} ${endpoint.isCurrent ? bold(name) : name} · ${state}`;
  });
  const rest = endpoints.length - shown.length;
  return join([words.telegram, ...lines, ...(rest > 0 ? [texts.more(rest)] : [])], (line) => line, "\n");
}
