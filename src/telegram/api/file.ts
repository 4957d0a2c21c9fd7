import { networkError } from "./api-error.ts";

/** What a file that Telegram keeps holds; `too_big`: more than was asked for. */
export type FileContent = Uint8Array | "too_big";

/**
 * Gets a file by the path that `getFile` gave (Bot API: `/file/bot<token>/<path>`). Rejects with `ApiNetworkError`, which carries
 * no token.
 */
export async function downloadFile(of: {
  readonly root: string;
  readonly proxy?: string | undefined;
  readonly token: string;
  readonly path: string;
  readonly mostBytes: number;
  readonly timeoutMs: number;
}): Promise<FileContent> {
  const { root, proxy, token, path, mostBytes, timeoutMs } = of;
  const address = `${root.replace(/\/+$/, "").replace(/\/bot$/, "")}/file/bot${token}/${encodeURI(path)}`;
  try {
    const response = await fetch(address, {
      // The address has the token in it, and goes nowhere else.
      redirect: "error",
      signal: AbortSignal.timeout(timeoutMs),
      ...(proxy !== undefined && { proxy }),
    });
    if (!response.ok) throw Object.assign(new Error("Not a file"), { code: `HTTP_${response.status}` });
    return await contentOf(response, mostBytes);
  } catch (error) {
    throw networkError(error, { method: "file", token });
  }
}

/** Stops reading where it is too much: what a header promises need not be true. */
async function contentOf(response: Response, mostBytes: number): Promise<FileContent> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body ?? []) {
    size += part.byteLength;
    if (size > mostBytes) return "too_big";
    parts.push(part);
  }
  return Buffer.concat(parts);
}
