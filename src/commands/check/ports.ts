import { createServer } from "node:net";
import type { Address } from "../../domain/downloader.ts";
import { type Finding, findingsOf } from "./finding.ts";

const { ok, fail } = findingsOf("ports");

/** Whether the bot can listen there. `isRunning`: a bot runs on the database, and a port that is taken is taken by it. */
export async function checkPort(
  key: "grpc.listen" | "http.listen",
  { host, port }: Address,
  isRunning: boolean,
): Promise<Finding> {
  const where = `${host}:${port} (${key})`;
  if (port === 0) return ok(`${host}, any free port (${key})`);
  const trouble = await listenTrouble({ host, port });
  if (trouble === undefined) return ok(`${where} is free${isRunning ? ", although the bot runs" : ""}`);
  if (trouble === "EADDRINUSE") {
    return isRunning
      ? ok(`${where} is held by the running bot`)
      : fail(`${where} is taken by another program`, `ss -ltnp 'sport = :${port}' shows which. Or change ${key}.`);
  }
  const advice: Readonly<Record<string, string>> = {
    EADDRNOTAVAIL: `This machine has no address ${host}: change ${key}.`,
    ENOTFOUND: `No such name: change ${key}.`,
    EACCES: "Ports below 1024 are root's: take a higher one.",
  };
  return fail(`Cannot listen on ${where}: ${trouble}`, advice[trouble] ?? `Change ${key}.`);
}

function listenTrouble({ host, port }: Address): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  const server = createServer();
  server.once("error", (error) => resolve("code" in error ? String(error.code) : error.message));
  server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)));
  return promise;
}
