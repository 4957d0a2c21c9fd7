import * as v from "valibot";
import {
  type Acceptance,
  folderIn,
  type Remote,
  type RemoteOptions,
  type RemoteSubmission,
  RemoteUnreachable,
} from "./remote.ts";
import { createTransmissionApi } from "./transmission-api.ts";
import { createTransmissionLife } from "./transmission-life.ts";
import {
  entryOf,
  hasBeenWhole,
  isLeftLying,
  TORRENT_FIELDS,
  type TransmissionTorrent,
  torrentsSchema,
} from "./transmission-torrent.ts";

/** Each of our torrents has this label. */
const LABEL = "dwld-bot";
/** A torrent is found by a second label, its own: the hash of a torrent file is known only after it has been fetched. */
const labelOf = (key: string) => `${LABEL}-${key}`;
const isOurs = ({ labels }: Pick<TransmissionTorrent, "labels">) => labels.includes(LABEL);
/** Transmission fetches the address of a torrent file first. */
const SETTLES_MS = 60_000;
/** The version of the RPC in 3.00, which is the first to keep labels. */
const KEEPS_LABELS = 16;

const sessionSchema = v.object({ version: v.string(), "rpc-version": v.number(), "download-dir": v.string() });
const namedSchema = v.object({ hashString: v.string() });
const addedSchema = v.object({
  "torrent-added": v.optional(namedSchema),
  "torrent-duplicate": v.optional(namedSchema),
});
const anything = v.unknown();

/**
 * Transmission 3.00 and later by its RPC: magnets, and addresses of torrent files. Torrents go to a folder of the user in Transmission's
 * download folder, unless another one is named. A torrent is ours as long as it has our label. Labels and folder are saved only some
 * minutes later, or when the torrent is complete: if Transmission is killed before that, the torrent looks as if somebody had just added
 * it. A torrent is done when it is complete; it seeds for as long as Transmission is set to, also once it is forgotten here, when only
 * our labels are removed.
 */
export function createTransmission(options: RemoteOptions): Remote {
  const { ask, call } = createTransmissionApi(options);
  const lifeOf = createTransmissionLife({ call });
  const label = options.settings.get("label");
  /** How many torrents it had at the latest look. */
  let latest = Number.POSITIVE_INFINITY;

  const session = async (signal: AbortSignal) =>
    (await call("session-get", {}, { schema: sessionSchema, signal })).told;
  const ownDir = async (signal: AbortSignal) => (await session(signal))["download-dir"];

  /** All torrents, if no hashes are given. */
  async function torrentsOf(
    ids: readonly string[] | undefined,
    signal: AbortSignal,
  ): Promise<readonly TransmissionTorrent[]> {
    const args = { fields: TORRENT_FIELDS, ...(ids !== undefined && { ids }) };
    return (await call("torrent-get", args, { schema: torrentsSchema, signal })).told.torrents;
  }

  const order = (method: string, id: string, args: Readonly<Record<string, unknown>>, signal: AbortSignal) =>
    call(method, { ids: [id], ...args }, { schema: anything, signal });

  /** Removes a torrent and its files; one that has been complete stays, and only loses our labels. */
  async function forgetOrRemove(id: string, signal: AbortSignal): Promise<void> {
    const [torrent] = await torrentsOf([id], signal);
    // A torrent from which people have removed our label is theirs.
    if (torrent === undefined || !isOurs(torrent)) return;
    const labels = torrent.labels.filter((one) => one !== LABEL && !one.startsWith(`${LABEL}-`));
    if (hasBeenWhole(torrent)) await order("torrent-set", id, { labels }, signal);
    else await order("torrent-remove", id, { "delete-local-data": true }, signal);
  }

  /** Whether it looks as ours do after Transmission was killed; `dir`: where it was told to put it. */
  async function isForgotten({ labels, downloadDir }: TransmissionTorrent, dir: string, signal: AbortSignal) {
    return labels.length === 0 && (downloadDir === dir || downloadDir === (await ownDir(signal)));
  }

  /** Makes a torrent ours, whether it was just added or was there before. */
  async function acceptanceOf(
    { id, isNew, dir }: { readonly id: string; readonly isNew: boolean; readonly dir: string },
    wanted: RemoteSubmission,
    signal: AbortSignal,
  ): Promise<Acceptance> {
    const { key, mayBeThere = false } = wanted;
    const [torrent] = await torrentsOf([id], signal);
    if (torrent?.labels.includes(labelOf(key))) return { kind: "taken", id };
    if (torrent !== undefined && !isNew && !(mayBeThere && (await isForgotten(torrent, dir, signal))))
      return { kind: "is_there" };
    if (torrent !== undefined && !isNew && torrent.downloadDir !== dir) {
      // If it is moved while it downloads, 3.00 leaves holes in the file and reports it as complete.
      if (!hasBeenWhole(torrent)) {
        await order("torrent-remove", id, { "delete-local-data": true }, signal);
        return submit(wanted, signal);
      }
      await order("torrent-set-location", id, { location: dir, move: true }, signal);
    }
    const labels = [
      ...new Set([...(torrent?.labels ?? []), LABEL, labelOf(key), ...(label === undefined ? [] : [label])]),
    ];
    await order("torrent-set", id, { labels }, signal);
    return { kind: "taken", id };
  }

  async function submit(wanted: RemoteSubmission, signal: AbortSignal): Promise<Acceptance> {
    const dir = folderIn(options.dir ?? (await ownDir(signal)), wanted.folder);
    // Even if Transmission is set not to start added torrents.
    const args = { filename: wanted.link, "download-dir": dir, paused: false };
    const { result, told } = await ask("torrent-add", args, { schema: addedSchema, signal });
    if (told === undefined) return { kind: "refused", detail: result };
    const { "torrent-added": added, "torrent-duplicate": duplicate } = told;
    const id = (added ?? duplicate)?.hashString;
    if (id === undefined) return { kind: "refused", detail: "not added" };
    return acceptanceOf({ id, isNew: added !== undefined, dir }, wanted, signal).catch((error) => {
      if (!(error instanceof RemoteUnreachable)) throw error;
      const { detail, isAway, isOver } = error;
      // It has the link by now.
      throw new RemoteUnreachable(detail, { isHarmless: false, isAway, isOver });
    });
  }

  return {
    name: "Transmission",
    schemes: ["magnet:", "http:", "https:"],
    settlesMs: SETTLES_MS,
    ownDir,
    submit,
    async list(asked, signal) {
      // Before the torrents are listed: so what is found belongs to this start, or to a later one.
      const { start, torrents: count } = await lifeOf(signal);
      const isReading = count > latest;
      latest = count;
      const ids = asked.flatMap(({ remoteId }) => remoteId ?? []);
      const torrents = await torrentsOf(ids.length === asked.length ? ids : undefined, signal);
      const byLabel = new Map(
        torrents.filter(isOurs).flatMap((torrent) => torrent.labels.map((one) => [one, torrent] as const)),
      );
      const found = asked.flatMap(({ key }) => {
        const torrent = byLabel.get(labelOf(key));
        return torrent === undefined ? [] : [[key, torrent] as const];
      });
      const lying = found.flatMap(([, torrent]) => (isLeftLying(torrent) ? [torrent.hashString] : []));
      if (lying.length > 0) await call("torrent-start", { ids: lying }, { schema: anything, signal });
      return {
        entries: new Map(found.map(([key, torrent]) => [key, entryOf(torrent)])),
        session: undefined,
        start,
        isReading,
      };
    },
    remove: forgetOrRemove,
    cleanHistory: forgetOrRemove,
    async health(signal) {
      const { version, "rpc-version": rpc } = await session(signal);
      const [number = version] = version.split(" ");
      if (rpc >= KEEPS_LABELS) return `Transmission ${number}`;
      throw new RemoteUnreachable(`${number} keeps no labels, 3.00 does`, { isHarmless: false });
    },
  };
}
