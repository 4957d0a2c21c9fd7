import { isLoopbackHost, isPrivateAddress } from "../domain/network.ts";
import { parseLink } from "../domain/url.ts";
import type { DownloaderOptions } from "./options.ts";

/**
 * Who can read the bot's token on its way: nobody; anybody in the same network; or anybody between here and there. Over TLS and on this
 * machine it is nobody. A name is judged only as it is written: it is not looked up.
 */
export function tokenExposure({
  token,
  botCa,
  bot: { host },
}: Pick<DownloaderOptions, "token" | "botCa" | "bot">): "none" | "network" | "internet" {
  if (token === undefined || botCa !== undefined || isLoopbackHost(host)) return "none";
  if (isPrivateAddress(host)) return "network";
  // Containers, and the names that networks give their own machines.
  const isInner = !host.includes(".") && !host.includes(":");
  const link = parseLink(`http://${host.includes(":") ? `[${host}]` : host}/`, { allowPrivate: false });
  return isInner || (!link.ok && link.reason === "private_address") ? "network" : "internet";
}
