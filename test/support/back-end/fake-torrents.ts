import type { Remote } from "../../../src/downloader/back-ends/remote.ts";
import type { RemoteWorld } from "./promises.ts";

/** A torrent in the fake of a program; `folder` is a path. */
interface FakeTorrent {
  readonly hash: string;
  readonly folder: string;
}

/** What the fakes of programs for torrents have in common. */
interface FakeProgram<Torrent extends FakeTorrent> {
  readonly held: () => readonly Torrent[];
  /** As people do in the program's own page. */
  readonly add: (link: string) => void;
  readonly restarts: () => void;
  readonly stop: () => Promise<void>;
}

let magnets = 0;

/** Another magnet each time; the fakes complete a `whole` one, look by look. */
export function magnet(kind: "whole" | "endless"): string {
  magnets += 1;
  return `magnet:?xt=urn:btih:${magnets.toString(16).padStart(40, "a")}&dn=${kind}`;
}

/** `broken` returns a link that the fake does not accept; `isWhole` says whether a torrent is one that it completes. */
export function worldOfTorrents<Torrent extends FakeTorrent>(of: {
  readonly program: FakeProgram<Torrent>;
  readonly remote: Remote;
  readonly broken: () => string;
  readonly isWhole: (torrent: Torrent) => boolean;
}): RemoteWorld {
  const { program, remote, broken, isWhole } = of;
  return {
    remote,
    endless: () => magnet("endless"),
    file: () => magnet("whole"),
    broken,
    people: async (link) => program.add(link),
    count: async (link) => program.held().filter(({ hash }) => link.includes(hash)).length,
    wholeFiles: (folder) =>
      program.held().flatMap((one) => (one.folder === `/downloads/${folder}` && isWhole(one) ? [one.hash] : [])),
    restart: async () => program.restarts(),
    end: () => program.stop(),
    [Symbol.asyncDispose]: () => program.stop(),
  };
}
