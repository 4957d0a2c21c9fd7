import type { CommandWords } from "../words/words.ts";

/** The parts of a config that differ from the defaults; what is missing or empty is left out. */
export interface ConfigSettings {
  readonly telegram: {
    readonly token?: string;
    readonly token_file?: string;
    readonly admins: readonly number[];
    readonly users?: readonly number[];
    readonly api_roots?: readonly string[];
    readonly proxies?: readonly string[];
  };
  readonly folders?: readonly string[];
  readonly grpc?: { readonly listen?: string };
  readonly downloader?: Readonly<Record<string, unknown>>;
  readonly http?: { readonly listen?: string };
  readonly store?: { readonly path?: string };
}

type ConfigWords = CommandWords["config"];

/** A config as a person would write it: each value with a line about what it is. `notes` go on top. */
export function renderConfig(settings: ConfigSettings, words: ConfigWords, notes: readonly string[] = []): string {
  const sections = Object.entries(settings).flatMap(([name, value]) => section(name, value, words));
  return `${[...[...notes, words.others].map((note) => `# ${note}`), ...sections].join("\n")}\n`;
}

function section(name: string, value: unknown, words: ConfigWords): string[] {
  if (Array.isArray(value)) return ["", ...entry(name, name, { value, words })];
  const lines = Object.entries(value ?? {}).flatMap(([key, inner]) =>
    entry(`${name}.${key}`, key, { value: inner, words }).map((line) => `  ${line}`),
  );
  return lines.length === 0 ? [] : ["", `${name}:`, ...lines];
}

function entry(name: string, key: string, { value, words }: { value: unknown; words: ConfigWords }): string[] {
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return [];
  const comments: Readonly<Record<string, string>> = words.comments;
  const comment = comments[name] === undefined ? [] : [`# ${comments[name]}`];
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    const inside = Object.entries(value).flatMap(([own, inner]) =>
      entry(`${name}.${own}`, own, { value: inner, words }),
    );
    return [...comment, `${key}:`, ...inside.map((line) => `  ${line}`)];
  }
  // JSON is valid YAML; people write a blank after each comma.
  const text = Array.isArray(value) ? `[${value.map((one) => JSON.stringify(one)).join(", ")}]` : JSON.stringify(value);
  return [...comment, `${key}: ${text}`];
}
