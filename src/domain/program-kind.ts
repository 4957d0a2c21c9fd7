/** A kind of program with its own queue to which links can be handed, as far as a config has to know it. */
export interface ProgramKind {
  /** The roots for which the downloader in front of it registers by default: what such a program is for. */
  readonly roots: readonly string[];
  /** Its usual address. */
  readonly defaultUrl: string;
  /** The names of its own settings. */
  readonly settings: readonly string[];
  /** Those of them that are whole numbers. */
  readonly counts?: readonly string[];
  /** What it asks callers for: a secret, or a user with a password. */
  readonly asksFor: "secret" | "user";
}

/** All known kinds, by their names for `--backend` and `downloader.backend.kind`, in the order in which they are listed. */
export const PROGRAM_KINDS = {
  aria2: {
    roots: ["*", "ftp:", "magnet:"],
    defaultUrl: "http://127.0.0.1:6800/jsonrpc",
    settings: [],
    asksFor: "secret",
  },
  qbittorrent: {
    roots: ["magnet:"],
    defaultUrl: "http://127.0.0.1:8080",
    settings: ["category"],
    asksFor: "user",
  },
  transmission: {
    roots: ["magnet:"],
    defaultUrl: "http://127.0.0.1:9091/transmission/",
    settings: ["label"],
    asksFor: "user",
  },
  metube: {
    roots: ["*"],
    defaultUrl: "http://127.0.0.1:8081/",
    settings: ["format", "preset", "records"],
    asksFor: "user",
  },
  ytptube: {
    roots: ["*"],
    defaultUrl: "http://127.0.0.1:8081/",
    settings: ["preset", "retry"],
    counts: ["retry"],
    asksFor: "user",
  },
} as const satisfies Readonly<Record<string, ProgramKind>>;

/** In the place of such a name: none of them, the downloader downloads itself. */
export const NO_PROGRAM = "auto";

/** The kind of that name; undefined where there is none. */
export function programKind(name: string): ProgramKind | undefined {
  return Object.hasOwn(PROGRAM_KINDS, name) ? PROGRAM_KINDS[name as keyof typeof PROGRAM_KINDS] : undefined;
}

/** The address of a program: over HTTP or HTTPS, without a name or password in it; undefined for anything else. */
export function parseProgramUrl(text: string): URL | undefined {
  const url = URL.parse(text);
  const isWeb = url !== null && ["http:", "https:"].includes(url.protocol) && url.hostname !== "";
  return isWeb && url.username === "" && url.password === "" ? url : undefined;
}

/** A setting as it is written, `NAME=VALUE`; undefined if it is none, or not one of this kind. */
export function parseSetting(
  text: string,
  { settings, counts = [] }: Pick<ProgramKind, "settings" | "counts">,
): readonly [string, string] | undefined {
  const [, name = "", value = ""] = /^([\w-]+)=(.+)$/s.exec(text) ?? [];
  const isFit = !counts.includes(name) || /^\d{1,4}$/.test(value);
  return settings.includes(name) && isFit ? [name, value] : undefined;
}

/** How the settings of a kind are written: `preset=…, retry=3`; "" for none. */
export function settingsWritten({ settings, counts = [] }: Pick<ProgramKind, "settings" | "counts">): string {
  return settings.map((name) => `${name}=${counts.includes(name) ? 3 : "…"}`).join(", ");
}

/** Whether a text can be a program's password or key: one line that is not empty. */
export const isProgramSecret = (text: string | undefined): boolean => text !== undefined && /^\P{Cc}+$/u.test(text);
