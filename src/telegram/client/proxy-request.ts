import type { Socket } from "node:net";

/** What a client of an HTTP proxy asks for. */
export interface ProxyRequest {
  readonly host: string;
  readonly port: number;
  readonly authorization: string | undefined;
  /** What goes to the client and to the other side first, and what the client has sent beyond the head. */
  readonly toClient: string;
  readonly opening: string;
  readonly rest: Buffer;
}

const MOST_BYTES = 16 * 1024;
const HEAD_MS = 10_000;
const HEAD_END = "\r\n\r\n";

/** Reads the head of a proxy request, then pauses the socket; undefined when none comes. */
export function readRequest(client: Socket): Promise<ProxyRequest | undefined> {
  return new Promise((resolve) => {
    let received = Buffer.alloc(0);
    const settle = (request: ProxyRequest | undefined) => {
      clearTimeout(timer);
      client.off("data", more);
      client.pause();
      resolve(request);
    };
    const timer = setTimeout(() => settle(undefined), HEAD_MS);
    const more = (bytes: Buffer) => {
      received = Buffer.concat([received, bytes]);
      const end = received.indexOf(HEAD_END);
      if (end >= 0) settle(parseHead(received.subarray(0, end).toString("latin1"), received.subarray(end + 4)));
      else if (received.length > MOST_BYTES) settle(undefined);
    };
    client.on("data", more);
    client.once("close", () => settle(undefined));
  });
}

/**
 * `CONNECT host:port` opens a tunnel; `GET http://host/path` is handed on as `GET /path`, for one request per connection
 * (RFC 9112 §3.2). Undefined for anything else.
 */
export function parseHead(head: string, rest: Buffer): ProxyRequest | undefined {
  const [requestLine = "", ...fields] = head.split("\r\n");
  const [method, target = ""] = requestLine.split(" ");
  const isTunnel = method === "CONNECT";
  const url = URL.parse(isTunnel ? `http://${target}` : target);
  if (url?.protocol !== "http:" || url.hostname === "") return undefined;
  const named = fields.map((field) => ({ field, name: field.slice(0, field.indexOf(":")).toLowerCase() }));
  const authorization = named.find(({ name }) => name === "proxy-authorization")?.field;
  const kept = named.filter(({ name }) => name !== "connection" && !name.startsWith("proxy-"));
  const own = [
    `${method} ${url.pathname}${url.search} HTTP/1.1`,
    ...kept.map(({ field }) => field),
    "Connection: close",
  ];
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, "$1"),
    port: Number(url.port || 80),
    authorization: authorization?.slice(authorization.indexOf(":") + 1).trim(),
    toClient: isTunnel ? `HTTP/1.1 200 Connection Established${HEAD_END}` : "",
    opening: isTunnel ? "" : own.join("\r\n") + HEAD_END,
    rest,
  };
}

/** An answer of the proxy itself. Its body has the Bot API's form, so that the reason gets into the bot's words. */
export function refusal(code: number, reason: string): string {
  const words = reason.replace(/[^\x20-\x7e]+/g, " ");
  const body = JSON.stringify({ ok: false, error_code: code, description: words });
  const fields = ["Content-Type: application/json", `Content-Length: ${body.length}`, "Connection: close"];
  return [`HTTP/1.1 ${code} ${words}`, ...fields].join("\r\n") + HEAD_END + body;
}
