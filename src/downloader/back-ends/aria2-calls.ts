import * as v from "valibot";
import { harmless, notUnderstood, parseAnswer } from "./answers.ts";
import type { RemoteOptions } from "./remote.ts";
import { createRequest } from "./request.ts";

/** One call of aria2's JSON-RPC, without the secret that comes before its parameters. */
export interface Aria2Call {
  readonly method: string;
  readonly params: readonly unknown[];
}

/** A refusal by aria2, in its own words. */
interface Aria2Refusal {
  readonly refusal: string;
}

const errorSchema = v.object({ code: v.number(), message: v.string() });
const replySchema = v.union([v.object({ error: errorSchema }), v.object({ result: v.unknown() })]);
/** The whole of its answer to a wrong or missing secret. */
const UNAUTHORIZED = "Unauthorized";
/** The most calls in one request; usually more than it has to do at a time. */
const CALLS_AT_ONCE = 500;

/** Calls to one aria2 over HTTP; each rejects with `RemoteUnreachable` if there is no answer that can be understood. */
export function createAria2Calls({ url, secret }: RemoteOptions) {
  const request = createRequest({ base: new URL(".", url), headers: { "content-type": "application/json" } });
  const path = (url.pathname.split("/").at(-1) || "jsonrpc") + url.search;
  const token = secret === undefined ? [] : [`token:${secret}`];

  async function reply(
    method: string,
    params: readonly unknown[],
    signal: AbortSignal,
  ): Promise<unknown | Aria2Refusal> {
    const body = JSON.stringify({ jsonrpc: "2.0", id: method, method, params });
    const said = parseAnswer(await request(path, { method: "POST", body, signal }), replySchema);
    if ("result" in said) return said.result;
    const { message } = said.error;
    if (message === UNAUTHORIZED) throw harmless(message);
    return { refusal: message } satisfies Aria2Refusal;
  }

  /** Also resolves with a refusal. */
  async function tryCall<T>(
    method: string,
    params: readonly unknown[],
    schema: Schema<T>,
    signal: AbortSignal,
  ): Promise<T | Aria2Refusal> {
    const result = await reply(method, [...token, ...params], signal);
    if (isRefusal(result)) return result;
    const parsed = v.safeParse(schema, result);
    if (!parsed.success) throw notUnderstood(method);
    return parsed.output;
  }

  async function call<T>(...of: Parameters<typeof tryCall<T>>): Promise<T> {
    const answer = await tryCall(...of);
    if (isRefusal(answer)) throw notUnderstood(answer.refusal);
    return answer;
  }

  /** Many calls of one kind; undefined for those that aria2 refuses, such as for a gid that it does not have. */
  async function callAll<T>(calls: readonly Aria2Call[], schema: Schema<T>, signal: AbortSignal) {
    const answers: (T | undefined)[] = [];
    for (let from = 0; from < calls.length; from += CALLS_AT_ONCE) {
      const some = calls.slice(from, from + CALLS_AT_ONCE);
      const asked = some.map(({ method, params }) => ({ methodName: method, params: [...token, ...params] }));
      const results = await reply("system.multicall", [asked], signal);
      const each = v.safeParse(
        v.pipe(v.array(v.union([v.tuple([schema]), errorSchema])), v.length(some.length)),
        results,
      );
      if (!each.success) throw notUnderstood(isRefusal(results) ? results.refusal : "system.multicall");
      for (const one of each.output) {
        if (!Array.isArray(one) && one.message === UNAUTHORIZED) throw harmless(one.message);
        answers.push(Array.isArray(one) ? one[0] : undefined);
      }
    }
    return answers;
  }

  return { call, tryCall, callAll };
}

type Schema<T> = v.BaseSchema<unknown, T, v.BaseIssue<unknown>>;

function isRefusal(result: unknown): result is Aria2Refusal {
  return typeof result === "object" && result !== null && "refusal" in result;
}
