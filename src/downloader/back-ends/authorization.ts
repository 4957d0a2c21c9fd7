import type { RemoteOptions } from "./remote.ts";

/** The header by which a program, or a proxy in front of it, lets us in: Basic with a user, otherwise the secret as a key. */
export function authorization({ user, secret }: Pick<RemoteOptions, "user" | "secret">): Record<string, string> {
  if (user === undefined && secret === undefined) return {};
  if (user === undefined) return { authorization: `Bearer ${secret}` };
  return { authorization: `Basic ${Buffer.from(`${user}:${secret ?? ""}`).toString("base64")}` };
}
