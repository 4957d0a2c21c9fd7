import { withoutInvisibleEnds } from "../domain/text.ts";
import { type Mistakes, words } from "../words/words.ts";
import { configKeys, didYouMean, isMapping } from "./keys.ts";
import { type Problem, shown } from "./problem.ts";

/** Environment variables, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The values of one source by key, and its problems. */
export interface SourceValues {
  readonly values: ReadonlyMap<string, unknown>;
  readonly problems: readonly Problem[];
}

/** Reads the mapping of the config file. A key without a value counts as absent; an unknown key is a problem. */
export function readMapping(
  mapping: Readonly<Record<string, unknown>>,
  mistakes: Mistakes = words.en.mistakes,
): SourceValues {
  const names = configKeys().map(({ name }) => name);
  const sections = new Set(
    configKeys().flatMap(({ path }) => path.slice(0, -1).map((_, i) => path.slice(0, i + 1).join("."))),
  );
  const values = new Map<string, unknown>();
  const problems: Problem[] = [];
  function read(name: string, value: unknown): void {
    if (names.includes(name)) {
      // `telegram.users: …` beside `telegram: { users: … }`: one of them would silently win.
      if (values.has(name))
        problems.push({ key: name, found: mistakes.found.again, expected: mistakes.expected.keyOnce });
      if (value !== null) values.set(name, value);
    } else if (!sections.has(name)) {
      const hint = didYouMean(name, [...names, ...sections], mistakes);
      problems.push({ key: name, found: mistakes.found.unknownKey, expected: mistakes.expected.known, ...hint });
    } else if (isMapping(value)) {
      walk(value, `${name}.`);
    } else if (value !== null) {
      const inside = names.filter((known) => known.startsWith(`${name}.`)).map((known) => known.slice(name.length + 1));
      const expected = mistakes.expected.mappingOf(inside);
      problems.push({ key: name, found: shown(value, mistakes, { secret: true }), expected });
    }
  }
  function walk(part: Readonly<Record<string, unknown>>, prefix: string): void {
    for (const [key, value] of Object.entries(part)) read(prefix + key, value);
  }
  walk(mapping, "");
  return { values, problems };
}

/** Variables that Kubernetes sets in every pod for a service `dwld-bot…`: `DWLD_BOT_SERVICE_HOST`, `DWLD_BOT_PORT_9999_TCP_ADDR`. */
const SERVICE_LINK = /_SERVICE_(HOST|PORT(_\w+)?)$|_PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?$/;
/** … and the value of `DWLD_BOT_PORT`. */
const SERVICE_ADDRESS = /^(tcp|udp|sctp):\/\//;

/**
 * Reads the `DWLD_BOT_…` variables, trimmed; an empty one counts as absent, and an unknown one is a problem unless Kubernetes has set it.
 */
export function readEnvironment(env: Environment, mistakes: Mistakes = words.en.mistakes): SourceValues {
  const names = new Map(configKeys().map(({ variable, name }) => [variable, name]));
  const values = new Map<string, unknown>();
  const problems: Problem[] = [];
  for (const [variable, value] of Object.entries(env)) {
    const name = names.get(variable);
    const text = withoutInvisibleEnds(value ?? "");
    if (name !== undefined && text !== "") values.set(name, text);
    if (name !== undefined || !variable.startsWith("DWLD_BOT_") || variable === "DWLD_BOT_CONFIG") continue;
    if (SERVICE_LINK.test(variable) || (variable.endsWith("_PORT") && SERVICE_ADDRESS.test(text))) continue;
    problems.push({
      key: variable,
      found: mistakes.found.unknownVariable,
      expected: mistakes.expected.known,
      ...didYouMean(variable, [...names.keys()], mistakes),
    });
  }
  return { values, problems };
}

/** Puts values back into the shape of the YAML; every section is present, even if empty. */
export function nest(values: ReadonlyMap<string, unknown>): Record<string, unknown> {
  const root: Record<string, unknown> = {};
  for (const { name, path } of configKeys()) {
    let section = root;
    for (const key of path.slice(0, -1)) {
      const inner = isMapping(section[key]) ? { ...section[key] } : {};
      section[key] = inner;
      section = inner;
    }
    const value = values.get(name);
    const last = path.at(-1);
    if (value !== undefined && last !== undefined) section[last] = value;
  }
  return root;
}
