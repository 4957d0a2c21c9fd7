import * as v from "valibot";
import { parseListen, proxy } from "../../config/addresses.ts";
import { isMapping } from "../../config/keys.ts";
import { parseInteger } from "../../config/values.ts";
import { spellAddress } from "../../domain/downloader.ts";
import { isPrivateHost } from "../../domain/network.ts";
import type { CommandWords } from "../../words/words.ts";
import type { ConfigSettings } from "../render-config.ts";
import { GO_FOLDERS } from "./go-folders.ts";
import type { ImportReport } from "./report.ts";

type Mapping = Readonly<Record<string, unknown>>;
type Left = ImportReport["left"][number];

/** The value at a path of keys, in any case (wire.md §4); undefined if there is none. */
export function at(mapping: Mapping, path: string): unknown {
  return path.split(".").reduce<unknown>((inner, key) => {
    if (!isMapping(inner)) return undefined;
    return Object.entries(inner).find(([name]) => name.toLowerCase() === key)?.[1] ?? undefined;
  }, mapping);
}

/**
 * The Go version's settings as this one's, with its folders and the additional ones in `folders`, and what became of each key. Secret
 * values are not reported.
 */
export function settingsFrom(
  go: Mapping,
  folders: readonly string[],
  words: CommandWords["imported"],
): { settings: ConfigSettings; report: ImportReport } {
  const taken: string[] = [];
  const left: Left[] = [];
  const { what, why } = words;
  const told = { taken, left, words };
  const ids = (path: string): number[] => {
    const given = listOf(at(go, path)).map((id) => ({ id, number: parseInteger(id) }));
    const good = given.flatMap(({ number }) => (number ? [number] : []));
    if (good.length > 0) taken.push(what.some(good.length, path));
    left.push(
      ...given.filter(({ number }) => !number).map(({ id }) => ({ what: what.one(String(id), path), why: why.noId })),
    );
    return [...new Set(good)];
  };
  const token = String(at(go, "tg.token") ?? "").trim();
  taken.push("tg.token");
  const admins = ids("tg.admins");
  const users = ids("tg.allowedids").filter((id) => !admins.includes(id));
  const proxies = proxiesFrom(go, told);
  const grpc = listenFrom(go, "grpc", told);
  const http = listenFrom(go, "http", told);
  const others = folders.filter((folder) => !GO_FOLDERS.includes(folder));
  taken.push(what.buttons(GO_FOLDERS.length));
  if (others.length > 0) taken.push(what.otherFolders(others.join(", ")));
  for (const key of keysOf(go)) if (!KNOWN.includes(key)) left.push({ what: key, why: why.noSuchThing });
  if (at(go, "db") !== undefined) left.push({ what: "db", why: why.ownDatabase });
  const settings: ConfigSettings = {
    telegram: { token, admins, users, proxies },
    folders: [...GO_FOLDERS, ...others],
    grpc: grpc === undefined ? {} : { listen: grpc },
    http: http === undefined ? {} : { listen: http },
  };
  return { settings, report: { taken, left } };
}

const KNOWN = [
  ...["tg.token", "tg.admins", "tg.allowedids", "tg.proxypool", "db.pathtodb", "db.namedb"],
  ...["grpc", "http"].flatMap((server) => ["host", "port", "enable"].map((key) => `${server}.${key}`)),
];

interface Told {
  readonly taken: string[];
  readonly left: Left[];
  readonly words: CommandWords["imported"];
}

function proxiesFrom(go: Mapping, { taken, left, words }: Told): string[] {
  const given = listOf(at(go, "tg.proxypool"));
  const proxies = given.flatMap((entry) => {
    const parsed = v.safeParse(proxy(), entry);
    return parsed.success ? [parsed.output] : [];
  });
  if (proxies.length > 0) taken.push(words.what.some(proxies.length, "tg.proxypool"));
  if (proxies.length < given.length) {
    const what = words.what.some(given.length - proxies.length, "tg.proxypool");
    left.push({ what, why: words.why.noProxies });
  }
  return [...new Set(proxies)];
}

function listenFrom(go: Mapping, server: "grpc" | "http", { taken, left, words }: Told) {
  const port = parseInteger(at(go, `${server}.port`));
  const host = String(at(go, `${server}.host`) ?? "").trim();
  if (at(go, `${server}.enable`) === false) {
    left.push({ what: `${server}.enable: false`, why: words.why.alwaysServes });
    return undefined;
  }
  if (port === undefined) return undefined;
  const isHere = isPrivateHost(host);
  const listen = spellAddress({ host: isHere ? host : "127.0.0.1", port });
  if (parseListen(listen) === undefined) {
    left.push({ what: `${server}.port ${port}`, why: words.why.noPort });
    return undefined;
  }
  taken.push(words.what.listen(server, listen));
  if (!isHere) {
    const needs = server === "grpc" ? words.why.grpcKeys : words.why.httpKeys;
    left.push({ what: `${server}.host "${host}"`, why: words.why.open(needs) });
  }
  return listen;
}

/** A list, or text with commas. */
function listOf(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  const parts = typeof value === "string" ? value.split(",") : value === undefined ? [] : [value];
  return parts.filter((part) => part !== "");
}

function keysOf(mapping: Mapping, prefix = ""): string[] {
  return Object.entries(mapping).flatMap(([name, value]) => {
    const key = `${prefix}${name.toLowerCase()}`;
    return isMapping(value) ? keysOf(value, `${key}.`) : [key];
  });
}
