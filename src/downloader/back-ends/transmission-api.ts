import * as v from "valibot";
import { harmless, inJson, notUnderstood, requirePath } from "./answers.ts";
import { type RemoteOptions, RemoteUnreachable } from "./remote.ts";
import { authorization, createRequest, type RemoteAnswer } from "./request.ts";

/** Proves that a call does not come from another site's page; a new one is issued at each start, and every hour. */
const SESSION_ID = "x-transmission-session-id";
/** The answer to a call without that id. */
const CONFLICT = 409;
/** The answer to a call under a name that it does not know. */
const MISDIRECTED = 421;
/** After a hundred requests without the right password, 3.00 lets nobody in until it is restarted, not even its own page. */
const MOST_REFUSALS = 3;
const IS_ASKED_FOR = "HTTP 401";

const replySchema = v.object({ result: v.string(), arguments: v.optional(v.unknown(), {}) });

/** The answer to a call. */
export interface Reply<T> {
  /** `success`, or why not, in Transmission's words. */
  readonly result: string;
  /** Undefined if it was not a success. */
  readonly told: T | undefined;
  /** When it answered, by its own clock; epoch ms. */
  readonly at: number;
  readonly sessionId: string | undefined;
}

/** Calls by the RPC that both 3.00 and 4 speak. Whatever is not an answer rejects with `RemoteUnreachable`. */
export function createTransmissionApi(options: RemoteOptions) {
  const { secret, user = secret === undefined ? undefined : "transmission" } = options;
  const request = createRequest({ base: besideRpc(options.url), headers: authorization({ user, secret }) });
  let sessionId: string | undefined;
  let refusals = 0;

  async function answer(body: string, signal: AbortSignal): Promise<RemoteAnswer> {
    if (refusals === MOST_REFUSALS) throw harmless(`${notLetIn()}; it is not asked again until a restart`);
    const headers = sessionId === undefined ? {} : { [SESSION_ID]: sessionId };
    const given = await request("rpc", { method: "POST", body, headers, signal }).catch((error) => {
      if (!(error instanceof RemoteUnreachable) || error.detail !== IS_ASKED_FOR) throw error;
      refusals += 1;
      throw harmless(notLetIn());
    });
    refusals = 0;
    return given;
  }

  const notLetIn = () => (secret === undefined ? "it asks for a password" : "the name or the password is wrong");

  /** Resolves also if Transmission says that it could not. */
  async function ask<T>(
    method: string,
    args: Readonly<Record<string, unknown>>,
    of: { readonly schema: v.GenericSchema<unknown, T>; readonly signal: AbortSignal },
  ): Promise<Reply<T>> {
    const body = JSON.stringify({ method, arguments: args });
    let given = await answer(body, of.signal);
    if (given.status === CONFLICT) {
      sessionId = given.headers.get(SESSION_ID) ?? undefined;
      given = await answer(body, of.signal);
    }
    requirePath(given, "rpc");
    const { status, text, headers } = given;
    if (status === MISDIRECTED)
      throw new RemoteUnreachable(`HTTP ${status}: it does not know this name of itself`, {
        isHarmless: true,
        isAway: true,
      });
    const reply = inJson(text, replySchema);
    if (status >= 400 || reply === undefined) throw notUnderstood(`HTTP ${status}`);
    const said = { result: reply.result, at: Date.parse(headers.get("date") ?? "") || Date.now(), sessionId };
    if (said.result !== "success") return { ...said, told: undefined };
    const told = v.safeParse(of.schema, reply.arguments);
    if (!told.success) throw notUnderstood(`HTTP ${status}`);
    return { ...said, told: told.output };
  }

  return {
    ask,
    /** Rejects if Transmission says that it could not: the error is its own. */
    async call<T>(...of: Parameters<typeof ask<T>>): Promise<Reply<T> & { readonly told: T }> {
      const { told, ...said } = await ask(...of);
      if (told === undefined) throw new RemoteUnreachable(said.result, { isHarmless: false, isOver: true });
      return { ...said, told };
    },
  };
}

/** The folder of `rpc`, from the address in people's browsers (`/transmission/web/`), that of `rpc` itself, or the machine's alone. */
function besideRpc(url: URL): URL {
  const path = url.pathname.replace(/\/(?:web(?:\/.*)?|rpc)?\/*$/, "");
  return new URL(`${path || "/transmission"}/`, url);
}
