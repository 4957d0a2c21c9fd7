import * as v from "valibot";
import { RemoteUnreachable } from "./remote.ts";
import type { RemoteAnswer } from "./request.ts";

/** What a program has answered in JSON; undefined for anything else, such as the page of another program. */
export function inJson<T>(text: string, schema: v.GenericSchema<unknown, T>): T | undefined {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), schema), text);
  return parsed.success ? parsed.output : undefined;
}

/** The same for a whole answer. Throws `notUnderstood` for anything else. */
export function parseAnswer<T>({ text, status }: RemoteAnswer, schema: v.GenericSchema<unknown, T>): T {
  const said = inJson(text, schema);
  if (said === undefined) throw notUnderstood(`HTTP ${status}`);
  return said;
}

/** Throws `harmless` if there is no such path: another program answers, or the address has another prefix. */
export function requirePath({ status }: RemoteAnswer, path: string): void {
  if (status === 404) throw harmless(`HTTP 404 for ${path}`);
}

/** The program has not looked at the request: another time it may, or with another login. */
export function harmless(detail: string): RemoteUnreachable {
  return new RemoteUnreachable(detail, { isHarmless: true });
}

/** There was an answer, but none that says what the program has made of the request. */
export function notUnderstood(detail: string): RemoteUnreachable {
  return new RemoteUnreachable(`not understood: ${detail}`, { isHarmless: false });
}
