/** A request's caller, as the connection says. */
export interface Caller {
  readonly address: string;
  /** Lets this request be quiet for so long before its connection is cut. */
  allowMs(ms: number): void;
}

/** Answers one method of one path. */
export type Handler = (request: Request, caller: Caller) => Response | Promise<Response>;

/** By `GET /healthz`, and so on. */
export type Routes = Readonly<Record<string, Handler>>;

/** A refusal; `why` is a sentence for whoever called, without internals. */
export function refuse(status: number, why: string, headers: Readonly<Record<string, string>> = {}): Response {
  return Response.json({ error: why }, { status, headers });
}

/** A file to keep. */
export function download(content: Uint8Array<ArrayBuffer> | string, name: string): Response {
  return new Response(content, {
    headers: { "content-type": "application/octet-stream", "content-disposition": `attachment; filename="${name}"` },
  });
}
