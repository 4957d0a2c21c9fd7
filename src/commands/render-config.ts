/** What of a config differs from the defaults; what is missing or empty is left out. */
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
  readonly http?: { readonly listen?: string };
  readonly store?: { readonly path?: string };
}

const comments: Readonly<Record<string, string>> = {
  "telegram.token": "From @BotFather. Whoever has it is the bot: keep this file to yourself.",
  "telegram.token_file": "The file with the token from @BotFather.",
  "telegram.admins": "Ids of people or groups that manage everything.",
  "telegram.users": "Ids of people or groups that may use the bot; admins can let in more at any time.",
  "telegram.api_roots": "Where the Bot API is, tried in order.",
  "telegram.proxies": "Proxies tried in order besides a direct connection.",
  folders: "Folders on the file server that the keyboard offers; the first is the default.",
  "grpc.listen": "Where downloaders register.",
  "store.path": "The queue.",
  "http.listen": "Where POST /links, /healthz, /readyz and /metrics are.",
};

/** A config as a person would write it: each value with a line on what it is. `notes` go on top. */
export function renderConfig(settings: ConfigSettings, notes: readonly string[] = []): string {
  const head = [...notes, "Every other key has its default; all keys are explained in config.example.yaml."];
  const sections = Object.entries(settings).flatMap(([name, value]) => section(name, value));
  return `${[...head.map((note) => `# ${note}`), ...sections].join("\n")}\n`;
}

function section(name: string, value: unknown): string[] {
  if (Array.isArray(value)) return ["", ...entry(name, name, value)];
  const lines = Object.entries(value ?? {}).flatMap(([key, inner]) =>
    entry(`${name}.${key}`, key, inner).map((line) => `  ${line}`),
  );
  return lines.length === 0 ? [] : ["", `${name}:`, ...lines];
}

function entry(name: string, key: string, value: unknown): string[] {
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return [];
  // JSON is YAML; a blank after each comma is how people write lists.
  const text = Array.isArray(value) ? `[${value.map((one) => JSON.stringify(one)).join(", ")}]` : JSON.stringify(value);
  return [`# ${comments[name] ?? ""}`, `${key}: ${text}`];
}
