import type { FakeDownloader } from "./downloader.ts";

/** Resolves when the bot has read the downloader's list, and the reply of an earlier request; the downloader must have an open delivery. */
export async function looked(downloader: FakeDownloader): Promise<void> {
  const isLook = ({ method }: { method: string }) => method === "Queue";
  const after = downloader.calls.length;
  const first = await downloader.waitFor(isLook, { after });
  await downloader.waitFor(isLook, { after: downloader.calls.indexOf(first) + 1 });
}
