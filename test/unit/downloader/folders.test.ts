import { afterEach, beforeEach, describe, expect, spyOn, test } from "bun:test";
import * as fs from "node:fs";
import {
  existsSync,
  fstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import * as promised from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Folders, openFolders } from "../../../src/downloader/folders.ts";
import { syncToDisk, syncToDiskAsync } from "../../../src/downloader/sync.ts";

let dir: string;
let folders: Folders;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "dwld-folders-"));
  folders = openFolders(dir);
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** Leaves a file as a fetcher does. */
function whole(id: number, name: string, text: string): void {
  const folder = join(folders.partsOf(id), "whole");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), text);
}

const deliver = (id: number, userName: string) =>
  folders.deliver(id, { userName, signal: new AbortController().signal });
const read = (...path: string[]) => readFileSync(join(dir, ...path), "utf8");

describe("deliver()", () => {
  test("moves complete files into their owner's folder, and replaces no other file", async () => {
    for (const [id, text] of ["one", "two", "three"].entries()) {
      whole(id, "film.mp4", text);
      await deliver(id, "[ann] films");
    }
    expect(readdirSync(join(dir, "[ann] films")).sort()).toEqual(["film (2).mp4", "film (3).mp4", "film.mp4"]);
    expect(read("[ann] films", "film (2).mp4")).toBe("two");
  });

  test("continues after a kill with the files that are left", async () => {
    whole(1, "a.mp4", "a");
    whole(1, "b.mp4", "b");
    mkdirSync(join(dir, "[ann]"));
    writeFileSync(join(dir, "[ann]", "a.mp4"), "a");
    rmSync(join(folders.partsOf(1), "whole", "a.mp4"));
    await deliver(1, "[ann]");
    expect(readdirSync(join(dir, "[ann]")).sort()).toEqual(["a.mp4", "b.mp4"]);
    folders.dropParts(1);
    await deliver(1, "[ann]");
    expect(readdirSync(join(dir, "[ann]")).sort()).toEqual(["a.mp4", "b.mp4"]);
  });

  test("does not replace a symbolic link that leads nowhere", async () => {
    mkdirSync(join(dir, "[ann]"));
    symlinkSync("/nowhere", join(dir, "[ann]", "film.mp4"));
    whole(1, "film.mp4", "film");
    await deliver(1, "[ann]");
    expect(read("[ann]", "film (2).mp4")).toBe("film");
  });

  test("replaces characters in a name that would disguise its extension", async () => {
    whole(1, "film\u202e4pm.exe", "film");
    await deliver(1, "[ann]");
    expect(readdirSync(join(dir, "[ann]"))).toEqual(["film_4pm.exe"]);
  });

  describe("where the owner's folder is on another disk", () => {
    let elsewhere: string;
    beforeEach(() => {
      elsewhere = mkdtempSync("/dev/shm/dwld-folders-");
      expect(statSync(elsewhere).dev).not.toBe(statSync(dir).dev);
      symlinkSync(elsewhere, join(dir, "[ann]"));
    });
    afterEach(() => rmSync(elsewhere, { recursive: true, force: true }));

    test("files and folders are copied there, and replace no other", async () => {
      writeFileSync(join(elsewhere, "film.mp4"), "another");
      whole(1, "film.mp4", "film");
      mkdirSync(join(folders.partsOf(1), "whole", "series"));
      writeFileSync(join(folders.partsOf(1), "whole", "series", "1.mp4"), "one");
      await deliver(1, "[ann]");
      expect(readdirSync(elsewhere).sort()).toEqual(["film (2).mp4", "film.mp4", "series"]);
      expect([read("[ann]", "film (2).mp4"), read("[ann]", "series", "1.mp4")]).toEqual(["film", "one"]);
      expect(folders.wholeOf(1)).toEqual([]);
    });

    test("a stop leaves nothing there, and everything here", async () => {
      whole(1, "film.mp4", "film");
      const stop = new AbortController();
      const end = folders.deliver(1, { userName: "[ann]", signal: stop.signal });
      stop.abort();
      await expect(end).rejects.toThrow();
      expect(readdirSync(elsewhere)).toEqual([]);
      expect(folders.wholeOf(1)).toEqual(["film.mp4"]);
    });

    test("a file is not removed here before that disk has synced the copy", async () => {
      whole(1, "film.mp4", "film");
      const left: (readonly string[])[] = [];
      using _disk = spyOn(fs, "fsyncSync").mockImplementation((opened) => {
        if (fstatSync(opened).ino === statSync(elsewhere).ino) left.push(folders.wholeOf(1));
      });
      await deliver(1, "[ann]");
      expect(left[0]).toEqual(["film.mp4"]);
      expect(folders.wholeOf(1)).toEqual([]);
    });

    test("a stop while that disk syncs the copy is obeyed at once", async () => {
      whole(1, "film.mp4", "film");
      const stop = new AbortController();
      const { open } = promised;
      using _disk = spyOn(promised, "open").mockImplementation(async (...of) => {
        const opened = await open(...of);
        opened.sync = async () => stop.abort();
        return opened;
      });
      await expect(folders.deliver(1, { userName: "[ann]", signal: stop.signal })).rejects.toThrow("abort");
      expect(readdirSync(elsewhere)).toEqual([]);
      expect(folders.wholeOf(1)).toEqual(["film.mp4"]);
    });

    const diskError = () => Object.assign(new Error("EIO: i/o error"), { code: "EIO" });

    /** Delivers until that disk has given the copy its name; here everything is as after a kill at that moment. */
    async function untilNamed(): Promise<void> {
      using _disk = spyOn(fs, "fsyncSync").mockImplementation((opened) => {
        if (fstatSync(opened).ino === statSync(elsewhere).ino) throw diskError();
      });
      await expect(deliver(1, "[ann]")).rejects.toThrow("EIO");
      folders = openFolders(dir);
    }

    test("a file that has its name there is not delivered twice after a kill", async () => {
      whole(1, "film.mp4", "film");
      whole(1, "notes.txt", "text");
      await untilNamed();
      expect(readdirSync(elsewhere)).toEqual(["film.mp4"]);
      expect(folders.wholeOf(1)).toEqual(["film.mp4", "notes.txt"]);
      await deliver(1, "[ann]");
      expect(readdirSync(elsewhere).sort()).toEqual(["film.mp4", "notes.txt"]);
      expect(folders.wholeOf(1)).toEqual([]);
    });

    test("a folder that has its name there is not delivered twice after a kill, even if it was half deleted here", async () => {
      const series = join(folders.partsOf(1), "whole", "series");
      mkdirSync(series, { recursive: true });
      for (const name of ["1.mp4", "2.mp4"]) writeFileSync(join(series, name), name);
      await untilNamed();
      rmSync(join(series, "1.mp4"));
      await deliver(1, "[ann]");
      expect(readdirSync(elsewhere)).toEqual(["series"]);
      expect(readdirSync(join(elsewhere, "series")).sort()).toEqual(["1.mp4", "2.mp4"]);
    });

    test("a file is delivered again after a kill if its copy is no longer there, or is another file", async () => {
      whole(1, "film.mp4", "film");
      await untilNamed();
      rmSync(join(elsewhere, "film.mp4"));
      folders = openFolders(dir);
      await untilNamed();
      writeFileSync(join(elsewhere, "film.mp4"), "a longer film");
      await deliver(1, "[ann]");
      expect([read("[ann]", "film.mp4"), read("[ann]", "film (2).mp4")]).toEqual(["a longer film", "film"]);
    });

    test("a complete copy that has no name at a kill is not taken for somebody else's file with its name", async () => {
      whole(1, "film.mp4", "film");
      const { renameSync } = fs;
      {
        using _disk = spyOn(fs, "renameSync").mockImplementation((from, to) => {
          if (String(to).includes("[ann]") && String(from).includes(".dwld-bot-")) throw diskError();
          renameSync(from, to);
        });
        await expect(deliver(1, "[ann]")).rejects.toThrow("EIO");
      }
      expect(readdirSync(elsewhere)).toEqual([expect.stringMatching(/^\.dwld-bot-/)]);
      writeFileSync(join(elsewhere, "film.mp4"), "else");
      folders = openFolders(dir);
      await deliver(1, "[ann]");
      expect(readdirSync(elsewhere).sort()).toEqual(["film (2).mp4", "film.mp4"]);
      expect([read("[ann]", "film.mp4"), read("[ann]", "film (2).mp4")]).toEqual(["else", "film"]);
    });

    /** Copies whose sync is held up. */
    const held: { goOn: () => void; end: Promise<unknown> }[] = [];

    // Otherwise the garbage collector would close their files, when the file descriptors may belong to others.
    afterEach(async () => {
      for (const { goOn, end } of held.splice(0)) {
        goOn();
        await end.catch(() => {});
      }
    });

    /** Begins a copy whose sync ends with `goOn`; until then it is as after a kill. */
    async function amidCopy() {
      whole(1, "film.mp4", "film");
      const begun = Promise.withResolvers<void>();
      const rest = Promise.withResolvers<void>();
      const { open } = promised;
      using _disk = spyOn(promised, "open").mockImplementation(async (...of) => {
        const opened = await open(...of);
        opened.sync = () => {
          begun.resolve();
          return rest.promise;
        };
        return opened;
      });
      const end = deliver(1, "[ann]");
      await begun.promise;
      expect(readdirSync(elsewhere)).toEqual([expect.stringMatching(/^\.dwld-bot-/)]);
      held.push({ end, goOn: rest.resolve });
      return { end, goOn: rest.resolve };
    }

    test("a copy that a kill has interrupted does not count", async () => {
      await amidCopy();
      folders = openFolders(dir);
      await deliver(1, "[ann]");
      expect(readdirSync(elsewhere)).toEqual(["film.mp4"]);
      expect(read("[ann]", "film.mp4")).toBe("film");
    });

    test("a copy that a kill has interrupted is deleted with the parts of its link", async () => {
      await amidCopy();
      folders.dropParts(1);
      expect(readdirSync(elsewhere)).toEqual([]);
      await amidCopy();
      folders.dropOrphans([]);
      expect(readdirSync(elsewhere)).toEqual([]);
    });

    test("two downloaders may deliver links with the same id there", async () => {
      const { end, goOn } = await amidCopy();
      const first = dir;
      dir = mkdtempSync(join(tmpdir(), "dwld-folders-"));
      try {
        folders = openFolders(dir);
        symlinkSync(elsewhere, join(dir, "[ann]"));
        whole(1, "film.mp4", "another");
        await deliver(1, "[ann]");
        goOn();
        await end;
        expect([read("[ann]", "film.mp4"), read("[ann]", "film (2).mp4")]).toEqual(["another", "film"]);
      } finally {
        rmSync(dir, { recursive: true });
        dir = first;
      }
    });
  });

  test("stays inside the folder, whatever the owner is called", async () => {
    whole(1, "film.mp4", "film");
    await deliver(1, "../../out");
    expect(read("_.._out", "film.mp4")).toBe("film");
    whole(2, "film.mp4", "film");
    await deliver(2, ".dwld-bot");
    expect(read("dwld-bot", "film.mp4")).toBe("film");
  });
});

test("parts of links that are no longer in the list are dropped", () => {
  whole(1, "film.mp4", "film");
  whole(2, "film.mp4", "film");
  folders.dropOrphans([2]);
  expect([1, 2].map((id) => existsSync(join(folders.parts, String(id))))).toEqual([false, true]);
});

test("a file system without fsync causes no error", async () => {
  // /proc has no fsync.
  expect(() => syncToDisk("/proc/self")).not.toThrow();
  expect(() => syncToDisk(join(dir, "nothing"))).toThrow("ENOENT");
  await syncToDiskAsync("/proc/self/comm");
  await expect(syncToDiskAsync(join(dir, "nothing"))).rejects.toThrow("ENOENT");
});
