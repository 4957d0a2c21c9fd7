import type { Message } from "./message.ts";

/** Where a Bot API listens, and for whom. */
export interface Endpoint {
  readonly root: string;
  readonly token: string;
}

/** A Bot API answer with its HTTP status. */
export interface Answered<Result> {
  readonly status: number;
  readonly ok: boolean;
  readonly description: string;
  readonly result: Result;
}

/** Posts a method's parameters as JSON, the way a bot does. */
export function post({ root, token }: Endpoint, method: string, params: object = {}, init: RequestInit = {}) {
  const headers = { "content-type": "application/json" };
  return fetch(`${root}/bot${token}/${method}`, { ...init, method: "POST", headers, body: JSON.stringify(params) });
}

/** Calls a method and reads its answer. */
export async function ask<Result = Message>(
  api: Endpoint,
  method: string,
  params: object = {},
): Promise<Answered<Result>> {
  const response = await post(api, method, params);
  return { status: response.status, ...((await response.json()) as Omit<Answered<Result>, "status">) };
}
