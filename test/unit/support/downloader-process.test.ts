import { describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { status } from "@grpc/grpc-js";
import { call, connect } from "../../support/downloader/channel.ts";
import { spawnDownloader } from "../../support/downloader-process.ts";
import { reservePort } from "../../support/reserved-port.ts";

describe("spawnDownloader()", () => {
  test("keeps accepted links over a kill, changes its mode when told, and can be frozen", async () => {
    const folder = mkdtempSync(join(tmpdir(), "dwld-fake-"));
    try {
      const file = join(folder, "accepted.txt");
      using reserved = reservePort();
      const first = await spawnDownloader({ name: "nas", file, port: reserved.port });
      using bot = connect(first);
      await bot.call("SetToQueue", { link: "a" });
      first.freezes();
      const { error } = await bot.call("SetToQueue", { link: "b" }, 200);
      expect([error?.code, error?.details]).toEqual([
        status.DEADLINE_EXCEEDED,
        expect.stringContaining("remote_addr="),
      ]);
      first.thaws();
      await first.waitFor((it) => it.event === "accepted" && it.link === "b", "to accept b late");
      await first.dies();
      await using second = await spawnDownloader({ name: "nas", file, port: reserved.port });
      expect((await call(second, "SetToQueue", { link: "a" })).error?.details).toContain("UNIQUE constraint failed");
      await second.tell({ mode: "unimplemented" });
      expect((await call(second, "SetToQueue", { link: "c" })).error?.code).toBe(status.UNIMPLEMENTED);
      expect(second.accepted()).toEqual(["a", "b"]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
