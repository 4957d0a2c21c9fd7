import type { Log } from "../../domain/log.ts";
import { StoreUnavailable } from "../../domain/storage.ts";
import { errorFields } from "../api/api-error.ts";
import type { ChatContext } from "./chat-context.ts";

/** What to tell a chat whose request failed; the log is told why. The update does not come again, so nothing else would ever tell. */
export function failureWords(error: unknown, { texts }: Pick<ChatContext, "texts">, log: Log): string {
  if (error instanceof StoreUnavailable) {
    log.error("Cannot do what a chat asked for", { code: error.code });
    return texts.storeTrouble;
  }
  log.error("Cannot handle what a chat asked for", errorFields(error));
  return texts.trouble;
}
