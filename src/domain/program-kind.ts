/** A kind of program with a queue of its own that links can be handed to, as far as whoever writes a config has to know it. */
export interface ProgramKind {
  /** What the downloader before it registers for where nobody says otherwise: what such a program is there for. */
  readonly roots: readonly string[];
  /** Where it usually is. */
  readonly defaultUrl: string;
  /** The names of its own settings. */
  readonly settings: readonly string[];
  /** Those of them that are whole numbers. */
  readonly counts?: readonly string[];
  /** Whom it lets in: whoever knows a secret, or a user with a password. */
  readonly asksFor: "secret" | "user";
}

/** All that are known, by what `--backend` and `downloader.backend.kind` call them, in the order in which they are told. */
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

/** The kind of that name; undefined where there is none. */
export function programKind(name: string): ProgramKind | undefined {
  return Object.hasOwn(PROGRAM_KINDS, name) ? PROGRAM_KINDS[name as keyof typeof PROGRAM_KINDS] : undefined;
}

/** Where a program is: over HTTP or HTTPS, with no name or password in it; undefined for anything else. */
export function parseProgramUrl(text: string): URL | undefined {
  const url = URL.parse(text);
  const isWeb = url !== null && ["http:", "https:"].includes(url.protocol) && url.hostname !== "";
  return isWeb && url.username === "" && url.password === "" ? url : undefined;
}

/** A setting as it is written, `NAME=VALUE`; undefined where that is none, or none of those of the kind. */
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

/** Whether a text can be a program's password or key: one line, and more than nothing. */
export const isProgramSecret = (text: string | undefined): boolean => text !== undefined && /^\P{Cc}+$/u.test(text);
