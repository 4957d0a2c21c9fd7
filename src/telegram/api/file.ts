import { open } from "node:fs/promises";
import { networkError } from "./api-error.ts";

/** What a file that Telegram keeps holds; `too_big`: more than was asked for. */
export type FileContent = Uint8Array | "too_big";

/**
 * Gets a file by the path that `getFile` gave: `/file/bot<token>/<path>` or, of an own server with --local, which gives none itself,
 * on its disk (telegram-bot-api #26). Rejects with `ApiNetworkError`, which carries no token.
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
  const onDisk = isOnDisk(path, token) ? await fileOnDisk(path, mostBytes) : undefined;
  if (onDisk?.content !== undefined) return onDisk.content;
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
    throw networkError(onDisk?.error ?? error, { method: "file", token });
  }
}

/** An own server keeps each bot's files in a folder that is called as its token; no other file is a bot's. */
const isOnDisk = (path: string, token: string): boolean =>
  path.startsWith("/") && path.includes(`/${token}/`) && !path.split("/").includes("..");

/** Without content where that server's disk is not this machine's, or the file may not be read: another one in front may give it. */
async function fileOnDisk(path: string, mostBytes: number): Promise<{ content?: FileContent; error?: unknown }> {
  try {
    await using file = await open(path);
    const { size } = await file.stat();
    return { content: size > mostBytes ? "too_big" : await file.readFile() };
  } catch (error) {
    return { error };
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
