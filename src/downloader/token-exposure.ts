import { isLoopbackHost, isPrivateAddress } from "../domain/network.ts";
import { parseLink } from "../domain/url.ts";
import type { DownloaderOptions } from "./options.ts";

/**
 * Who can read the bot's token on its way: nobody; whoever is in the same network; or anybody between here and there. Over TLS
 * and on this machine it is nobody. Of a name only what it says is judged: nobody is asked where it leads.
 */
export function tokenExposure({
  token,
  botCa,
  bot: { host },
}: Pick<DownloaderOptions, "token" | "botCa" | "bot">): "none" | "network" | "internet" {
  if (token === undefined || botCa !== undefined || isLoopbackHost(host)) return "none";
  if (isPrivateAddress(host)) return "network";
  // Containers, and what networks call their own machines.
  const isInner = !host.includes(".") && !host.includes(":");
  const link = parseLink(`http://${host.includes(":") ? `[${host}]` : host}/`, { allowPrivate: false });
  return isInner || (!link.ok && link.reason === "private_address") ? "network" : "internet";
}
