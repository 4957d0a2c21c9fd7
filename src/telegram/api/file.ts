import { open } from "node:fs/promises";
import { networkError } from "./api-error.ts";
import { beginningOf } from "./root.ts";

/** The content of a file at Telegram; `too_big`: larger than requested. */
export type FileContent = Uint8Array | "too_big";

/**
 * Gets a file by the path that `getFile` returned: `/file/bot<token>/<path>` or, for a local server with --local, which serves no files
 * itself, from its disk (telegram-bot-api #26). Rejects with `ApiNetworkError`, which contains no token.
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
  const address = `${beginningOf(root)}/file/bot${token}/${encodeURI(path)}`;
  try {
    const response = await fetch(address, {
      // The address contains the token, and must go nowhere else.
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

/** A local server keeps each bot's files in a folder named after its token; no other file is a bot's. */
const isOnDisk = (path: string, token: string): boolean =>
  path.startsWith("/") && path.includes(`/${token}/`) && !path.split("/").includes("..");

/** Without content if that server's disk is not this machine's, or the file may not be read: a server in front of it may serve the file. */
async function fileOnDisk(path: string, mostBytes: number): Promise<{ content?: FileContent; error?: unknown }> {
  try {
    await using file = await open(path);
    const { size } = await file.stat();
    return { content: size > mostBytes ? "too_big" : await file.readFile() };
  } catch (error) {
    return { error };
  }
}

/** Stops reading when it is too much: what a header promises need not be true. */
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
