import { accessSync, constants } from "node:fs";
import { dirname } from "node:path";
import type { Config } from "../config/config.ts";
import type { Address } from "../domain/downloader.ts";
import type { ListenError } from "../domain/listening.ts";
import { StoreUnavailable } from "../domain/storage.ts";
import { AlreadyRunning } from "../store/instance-lock.ts";
import { JoinedUnreadable } from "../store/joined-servers.ts";
import { NewerDatabase } from "../store/migrate.ts";
import type { CommandWords } from "../words/words.ts";
import { EXIT, ExitWith, exitFor } from "./exit.ts";
import { holderOfPort } from "./port-holder.ts";
import { systemCode } from "./system-error.ts";

type StartWords = CommandWords["start"];

const FORBIDDEN = ["EACCES", "EPERM"];

/** Why the database, or a file beside it, keeps the bot from starting, for the operator; undefined for an error that is not about it. */
export function storeFailure(error: unknown, { store: { path } }: Config, words: StartWords): ExitWith | undefined {
  if (error instanceof AlreadyRunning) return new ExitWith(EXIT.notNow, words.running(error.path));
  if (error instanceof JoinedUnreadable) return new ExitWith(EXIT.config, words.joined(error.path, error.code));
  if (error instanceof NewerDatabase) return new ExitWith(EXIT.config, words.newer(error.path));
  if (!(error instanceof StoreUnavailable)) return undefined;
  if (error.code === "EISDIR") return new ExitWith(EXIT.config, words.folder);
  const code = (error.code === "SQLITE_CANTOPEN" && whyClosed(dirname(path))) || error.code;
  const sentence = FORBIDDEN.includes(code) ? words.forbidden : words.database;
  return new ExitWith(exitFor(code), sentence(path, code));
}

/** What SQLite does not say about a folder in which it cannot open a file; undefined for one that is open to this user. */
function whyClosed(folder: string): string | undefined {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    return systemCode(error);
  }
}

/** Why an address keeps a program from starting; `key` is where the operator has written it. */
export function listenFailure(
  { listener, where, address, code }: ListenError,
  key: string,
  words: StartWords,
): ExitWith {
  return new ExitWith(
    exitFor(code),
    `${words.listen[listener](where)}: ${reason(code, { ...address, key }, words.listen)}`,
  );
}

/** The config key of the address on which a server of the bot cannot listen. */
export function listenKeyOf({ listener, address }: ListenError, { grpc }: Config): string {
  if (listener === "HTTP") return "http.listen";
  const { tls } = grpc;
  const isTls = tls.listen !== "" && tls.listen.port === address.port && tls.listen.host === address.host;
  return isTls ? "grpc.tls.listen" : "grpc.listen";
}

function reason(
  code: string,
  { host, port, key }: Address & { readonly key: string },
  words: StartWords["listen"],
): string {
  switch (code) {
    case "EADDRINUSE":
      return words.taken(port, holderOfPort(port), key);
    case "EADDRNOTAVAIL":
      return words.absent(host, key);
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return words.unknownName(host, code, key);
    case "EACCES":
      return words.low(port, key);
    case "open_to_all":
      return words.openToAll(host);
    default:
      return words.failed(code, key);
  }
}
