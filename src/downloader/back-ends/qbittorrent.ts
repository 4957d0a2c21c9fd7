import { parseMagnet } from "../../domain/magnet.ts";
import { requirePath } from "./answers.ts";
import { createQbittorrentApi } from "./qbittorrent-api.ts";
import { createReasons } from "./qbittorrent-reasons.ts";
import { createSession } from "./qbittorrent-session.ts";
import { entryOf, hasBeenWhole, hasError, type Torrent, torrentsSchema } from "./qbittorrent-torrent.ts";
import { type Acceptance, folderIn, type Remote, type RemoteOptions } from "./remote.ts";

/** Every torrent of ours has this tag, so that only ours are requested. */
const TAG = "dwld-bot";
/** A torrent is found by a second tag, its own: the hash of a torrent file is known only after it has been fetched. */
const tagOf = (key: string) => `${TAG}-${key}`;
/** An address of a torrent file is first fetched by qBittorrent. */
const SETTLES_MS = 60_000;
/** `v4.5.2`, `v5.0.0beta1`. */
const VERSION = /^v?\d+\.\d+\S*$/;
/** On its machine, which may run Windows: `C:\films`. */
const PATH = /^(?:[/\\]|[a-z]:[/\\])/i;

/**
 * qBittorrent 4.4 and later over its Web API v2: magnets, and addresses of torrent files. Torrents are in a folder of the user in the
 * default save path, unless another one is named. A torrent is ours for as long as it has our tag; it cannot be identified from its
 * magnet, because a torrent of both versions has another hash. It is done when it is complete, and goes on seeding as qBittorrent is told
 * to, even when it is forgotten here: then only our tags are removed.
 */
export function createQbittorrent(options: RemoteOptions): Remote {
  const api = createQbittorrentApi(options);
  const { get, post, line } = api;
  const sessionOf = createSession(api);
  const reasonsFor = createReasons(api);
  const category = options.settings.get("category");
  const ownDir = (signal: AbortSignal) => line("app/defaultSavePath", PATH, signal);

  const torrentsOf = (query: string, signal: AbortSignal) => get(`torrents/info?${query}`, torrentsSchema, signal);

  /** A torrent from which people have removed our tag is theirs. */
  async function ours(id: string, signal: AbortSignal): Promise<Torrent | undefined> {
    const [torrent] = await torrentsOf(new URLSearchParams({ hashes: id }).toString(), signal);
    return torrent?.tags.includes(TAG) ? torrent : undefined;
  }

  async function forget({ hash, tags }: Torrent, signal: AbortSignal): Promise<void> {
    await post("torrents/removeTags", { hashes: hash, tags: TAG }, signal);
    const own = tags.filter((tag) => tag.startsWith(`${TAG}-`));
    if (own.length > 0) await post("torrents/deleteTags", { tags: own.join(",") }, signal);
  }

  /** Removes a torrent and its files; one that has been complete stays, and only loses our tags. */
  async function forgetOrRemove(id: string, signal: AbortSignal): Promise<void> {
    const torrent = await ours(id, signal);
    if (torrent === undefined) return;
    if (!hasBeenWhole(torrent)) await post("torrents/delete", { hashes: id, deleteFiles: "true" }, signal);
    await forget(torrent, signal);
  }

  /** It only says that it has not taken a link; usually it already has it. */
  async function whyNot(
    { key, link }: { key: string; link: string },
    said: string,
    signal: AbortSignal,
  ): Promise<Acceptance> {
    const url = URL.parse(link);
    const hash = (url === null ? undefined : parseMagnet(url))?.key.split(":").at(-1);
    const all = hash === undefined ? [] : await torrentsOf("", signal);
    const there = all.find((one) => [one.hash, one.infohash_v1, one.infohash_v2].includes(hash));
    if (there === undefined) return { kind: "refused", detail: `not added: ${said}` };
    return there.tags.includes(tagOf(key)) ? { kind: "taken", id: there.hash } : { kind: "is_there" };
  }

  return {
    name: "qBittorrent",
    schemes: ["magnet:", "http:", "https:"],
    settlesMs: SETTLES_MS,
    ownDir,
    async submit({ key, link, folder }, signal) {
      const dir = options.dir ?? (await ownDir(signal));
      const answer = await post(
        "torrents/add",
        {
          urls: link,
          savepath: folderIn(dir, folder),
          tags: `${TAG},${tagOf(key)}`,
          autoTMM: "false",
          // Starts even if torrents that people add do not. 4.x says `paused`, 5.x `stopped`; each ignores the other's word.
          paused: "false",
          stopped: "false",
          ...(category !== undefined && { category }),
        },
        signal,
      );
      requirePath(answer, "torrents/add");
      const { status, text: said } = answer;
      // 4.x answers 200 and `Fails.`; since 5.2 it is 409, and numbers.
      if (status < 400 && !/^Fails/i.test(said)) return { kind: "taken", id: undefined };
      return whyNot({ key, link }, status < 400 ? said.trim() : `HTTP ${status}`, signal);
    },
    async list(asked, signal) {
      const torrents = await torrentsOf(new URLSearchParams({ tag: TAG }).toString(), signal);
      const byTag = new Map(torrents.flatMap((torrent) => torrent.tags.map((tag) => [tag, torrent] as const)));
      const found = asked.flatMap(({ key }) => {
        const torrent = byTag.get(tagOf(key));
        return torrent === undefined ? [] : [[key, torrent] as const];
      });
      const failed = found.flatMap(([, torrent]) => (hasError(torrent) ? [torrent.name] : []));
      const reasons = await reasonsFor(failed, signal);
      const entries = found.map(([key, torrent]) => [key, entryOf(torrent, reasons.get(torrent.name))] as const);
      return { entries: new Map(entries), session: await sessionOf(signal) };
    },
    remove: forgetOrRemove,
    cleanHistory: forgetOrRemove,
    health: async (signal) => `qBittorrent ${await line("app/version", VERSION, signal)}`,
  };
}
