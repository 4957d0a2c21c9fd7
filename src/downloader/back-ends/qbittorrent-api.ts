import type * as v from "valibot";
import { harmless, notUnderstood, parseAnswer, requirePath } from "./answers.ts";
import { type RemoteOptions, RemoteUnreachable } from "./remote.ts";
import { createRequest, type RemoteAnswer } from "./request.ts";

type Form = Readonly<Record<string, string>>;

/** After five wrong passwords, qBittorrent shuts out an address, including its page in that browser, for an hour. */
const MOST_REFUSALS = 3;
/** Its answer without a login, and to a login from an address that is shut out. */
const FORBIDDEN = "HTTP 403";
/** Its answer to a wrong password since 5.2; to any other call, it means that it was called by another name or port than its own. */
const UNAUTHORIZED = "HTTP 401";

/**
 * Calls of the Web API v2. If qBittorrent asks for a name and a password, this logs in, once, and again when the login has expired; if it
 * trusts the address, it never does. Anything that is not an answer rejects with `RemoteUnreachable`.
 */
export function createQbittorrentApi({ url, user, secret }: RemoteOptions) {
  const request = createRequest({ base: new URL("api/v2/", url.href.replace(/\/*$/, "/")) });
  let cookie: string | undefined;
  let refusals = 0;
  /** The login in progress: several calls come at a time. */
  let login: Promise<void> | undefined;

  async function logIn(password: string, signal: AbortSignal): Promise<void> {
    if (refusals === MOST_REFUSALS)
      throw harmless("the name or the password is wrong; it is not asked again until a restart");
    const body = new URLSearchParams({ username: user ?? "admin", password });
    const { text, headers } = await request("auth/login", { method: "POST", body, signal }).catch((error) => {
      // Versions before 5.2 answer 200 and `Fails.`
      if (says(error, UNAUTHORIZED)) return { text: "Fails.", headers: new Headers() };
      throw says(error, FORBIDDEN)
        ? harmless("it lets nobody in from this address, after too many wrong passwords")
        : error;
    });
    // `SID`, since 5.2 `QBT_SID_8080`, or a name that its owner has chosen.
    const [given] = headers.getSetCookie().map((one) => one.split(";")[0]);
    if (/^Fails/i.test(text) || given === undefined) {
      refusals += 1;
      throw harmless("the name or the password is wrong");
    }
    refusals = 0;
    cookie = given;
  }

  async function answer(path: string, init: RequestInit, signal: AbortSignal): Promise<RemoteAnswer> {
    const tried = cookie;
    const attempt = () =>
      request(path, { ...init, headers: cookie === undefined ? {} : { cookie }, signal }).catch((error) => {
        if (!says(error, UNAUTHORIZED)) throw error;
        const detail = `${UNAUTHORIZED}: it does not know this name or port of itself`;
        throw new RemoteUnreachable(detail, { isHarmless: true, isAway: true });
      });
    try {
      return await attempt();
    } catch (error) {
      if (!says(error, FORBIDDEN)) throw error;
      if (secret === undefined) throw harmless("it asks for a password");
      if (cookie === tried) {
        login ??= logIn(secret, signal).finally(() => {
          login = undefined;
        });
        await login;
      }
      return attempt();
    }
  }

  return {
    ask: (path: string, signal: AbortSignal) => answer(path, {}, signal),
    /** A line of text that is not JSON. Any other page could pass for one, so it must match what was requested. */
    async line(path: string, pattern: RegExp, signal: AbortSignal): Promise<string> {
      const given = await answer(path, {}, signal);
      requirePath(given, path);
      const said = given.text.trim();
      if (given.status < 300 && pattern.test(said)) return said;
      throw notUnderstood(`HTTP ${given.status}`);
    },
    get: async <T>(path: string, schema: v.GenericSchema<unknown, T>, signal: AbortSignal): Promise<T> =>
      parseAnswer(await answer(path, {}, signal), schema),
    post: (path: string, form: Form, signal: AbortSignal) =>
      answer(path, { method: "POST", body: new URLSearchParams(form) }, signal),
  };
}

function says(error: unknown, detail: string): boolean {
  return error instanceof RemoteUnreachable && error.detail === detail;
}
