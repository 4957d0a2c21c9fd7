/** What of the config is secret. */
interface Secretive {
  readonly telegram: { readonly token: string; readonly proxies: readonly string[] };
  readonly grpc: { readonly token: string };
  readonly http: { readonly token: string };
  readonly downloader: { readonly backend: { readonly user: string; readonly secret: string } };
}

/**
 * Texts that no log may show: the tokens, the Telegram token's part after the colon, and the passwords of the proxies and of the
 * program that downloads, as HTTP sends them too.
 */
export function secretsOf({ telegram, grpc, http, downloader }: Secretive): string[] {
  const passwords = telegram.proxies.flatMap((proxy) => {
    const { username, password } = new URL(proxy);
    if (password === "") return [];
    return [password, decoded(password), asHeader(decoded(username), decoded(password))];
  });
  const { user, secret } = downloader.backend;
  const ofProgram = secret === "" ? [] : [secret, asHeader(user, secret)];
  const key = telegram.token.slice(telegram.token.indexOf(":") + 1);
  // Shorter ones protect nothing, and striking them out would make every log unreadable.
  const worthHiding = (secret: string) => secret.length >= 4;
  return [...new Set([telegram.token, key, grpc.token, http.token, ...passwords, ...ofProgram])].filter(worthHiding);
}

function asHeader(user: string, password: string): string {
  return Buffer.from(`${user}:${password}`).toString("base64");
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
