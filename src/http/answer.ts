/** The caller of a request, according to its connection. */
export interface Caller {
  readonly address: string;
  /** Sets how long this request's connection may be idle before it is closed. */
  allowMs(ms: number): void;
}

/** Answers one method of one path. */
export type Handler = (request: Request, caller: Caller) => Response | Promise<Response>;

/** Handlers by method and path, such as `GET /healthz`. */
export type Routes = Readonly<Record<string, Handler>>;

/** A refusal; `why` is a sentence for the caller, without internals. */
export function refuse(status: number, why: string, headers: Readonly<Record<string, string>> = {}): Response {
  return Response.json({ error: why }, { status, headers });
}

/** A file to save. */
export function download(content: Uint8Array<ArrayBuffer> | string, name: string): Response {
  return new Response(content, {
    headers: { "content-type": "application/octet-stream", "content-disposition": `attachment; filename="${name}"` },
  });
}
