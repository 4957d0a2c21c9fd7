import { parse } from "yaml";
import { blocksOf } from "../guide.ts";

/**
 * The config that a page gives for a bot with a server beside it in front of a program of this kind, with the program at `url` and that
 * server at `port`; nothing else differs.
 */
export function besideIn(page: string, { kind, url, port }: { kind: string; url: string; port: number }) {
  const configs = blocksOf(page).flatMap(({ kind: of, text }) => (of === "yaml" ? [parse(text)] : []));
  const { downloader } = configs.find((config) => config.downloader?.backend?.kind === kind) ?? {};
  if (downloader === undefined) throw new Error(`The page writes no config for ${kind}`);
  return {
    downloader: { ...downloader, listen: `127.0.0.1:${port}`, backend: { ...downloader.backend, url } },
    links: { allow_private: true },
  };
}
