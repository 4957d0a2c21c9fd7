import { percentDecoded } from "../domain/percent.ts";

/** The parts of the config that are secret. */
interface Secretive {
  readonly telegram: { readonly token: string; readonly proxies: readonly string[] };
  readonly grpc: { readonly token: string };
  readonly http: { readonly token: string };
  readonly downloader: { readonly backend: { readonly user: string; readonly secret: string } };
}

/** A secret of the config. The key with `_file` appended names the file that holds it. */
export interface Secret {
  readonly key: string;
  /** The name of the systemd credential. */
  readonly credential: string;
  /** What its file must contain, and what helps if it does not. */
  readonly expected: "tokenInFile" | "secretInFile";
  readonly hint?: "telegramToken" | "bearerToken";
  /** The warning if others can read its file. */
  readonly warning: "open" | "openSecret";
  /** It belongs to the program that downloads: without one, nobody needs it. */
  readonly isOfProgram: boolean;
  /** Its value; "" for none. */
  valueIn(config: Secretive): string;
}

const TOKEN = { expected: "tokenInFile", warning: "open", isOfProgram: false } as const;

/** All secrets with their own key: they may be in a file, a file that others can read causes a warning, and no log shows them. */
export const SECRETS: readonly Secret[] = [
  {
    ...TOKEN,
    key: "telegram.token",
    credential: "telegram-token",
    hint: "telegramToken",
    valueIn: ({ telegram }) => telegram.token,
  },
  { ...TOKEN, key: "grpc.token", credential: "grpc-token", hint: "bearerToken", valueIn: ({ grpc }) => grpc.token },
  { ...TOKEN, key: "http.token", credential: "http-token", hint: "bearerToken", valueIn: ({ http }) => http.token },
  {
    key: "downloader.backend.secret",
    credential: "backend-secret",
    expected: "secretInFile",
    warning: "openSecret",
    isOfProgram: true,
    valueIn: ({ downloader }) => downloader.backend.secret,
  },
];

/**
 * Texts that no log may show: the secrets, the part of the Telegram token after the colon, and the passwords of the proxies; these and the
 * secret of the program that downloads also in the form in which HTTP sends them.
 */
export function secretsOf(config: Secretive): string[] {
  const { telegram, downloader } = config;
  const passwords = telegram.proxies.flatMap((proxy) => {
    const { username, password } = new URL(proxy);
    if (password === "") return [];
    const [name = username, word = password] = [username, password].map(percentDecoded);
    return [password, word, asHeader(name, word)];
  });
  const { user, secret } = downloader.backend;
  const ofProgram = secret === "" ? [] : [asHeader(user, secret)];
  const key = telegram.token.slice(telegram.token.indexOf(":") + 1);
  // Shorter ones protect nothing, and striking them out would make every log unreadable.
  const worthHiding = (secret: string) => secret.length >= 4;
  const values = SECRETS.map(({ valueIn }) => valueIn(config));
  return [...new Set([...values, key, ...passwords, ...ofProgram])].filter(worthHiding);
}

function asHeader(user: string, password: string): string {
  return Buffer.from(`${user}:${password}`).toString("base64");
}
