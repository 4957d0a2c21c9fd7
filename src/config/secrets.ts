/** What of the config is secret. */
interface Secretive {
  readonly telegram: { readonly token: string; readonly proxies: readonly string[] };
  readonly grpc: { readonly token: string };
  readonly http: { readonly token: string };
}

/**
 * Texts that no log may show: the tokens, the Telegram token's part after the colon, and the proxies' passwords, as HTTP
 * sends them too.
 */
export function secretsOf({ telegram, grpc, http }: Secretive): string[] {
  const passwords = telegram.proxies.flatMap((proxy) => {
    const { username, password } = new URL(proxy);
    if (password === "") return [];
    const asHeader = Buffer.from(`${decoded(username)}:${decoded(password)}`).toString("base64");
    return [password, decoded(password), asHeader];
  });
  const key = telegram.token.slice(telegram.token.indexOf(":") + 1);
  // Shorter ones protect nothing, and striking them out would make every log unreadable.
  const worthHiding = (secret: string) => secret.length >= 4;
  return [...new Set([telegram.token, key, grpc.token, http.token, ...passwords])].filter(worthHiding);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
