import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JoinAttempt } from "../../../src/domain/joining.ts";
import { createIdentity } from "../../../src/grpc/self-signed.ts";
import { JoinedUnreadable, joinedBeside, openJoinedServers } from "../../../src/store/joined-servers.ts";

const HOUR_MS = 3_600_000;
const abroad = await createIdentity("abroad");
const other = await createIdentity("abroad");

let folder: string;
let at = 0;
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), "dwld-joined-")), "dwld-bot.joined");
  at = 1_000;
});
afterEach(() => rmSync(join(folder, ".."), { recursive: true }));

const open = () => openJoinedServers(folder, () => at);
const showing = (code: { id: Buffer; secret: Buffer }, more: Partial<JoinAttempt> = {}): JoinAttempt => ({
  ...code,
  certificate: abroad.cert.toString(),
  token: "a token of its own",
  ...more,
});
const JOINED = { ok: true, name: "abroad" } as const;

test("joinedBeside() drops the database's extension, so that dwld-bot.db* does not match the folder", () => {
  expect(joinedBeside("/var/lib/dwld-bot/dwld-bot.db")).toBe("/var/lib/dwld-bot/dwld-bot.joined");
  expect(joinedBeside("/srv/queue")).toBe("/srv/queue.joined");
});

describe("openJoinedServers()", () => {
  test("lets a machine with the code's secret join, and identifies it by certificate and token after a restart", async () => {
    const mine = await open().ownIdentity(() => createIdentity("dwld-bot"));
    const bot = open();
    expect(bot.join(showing(bot.codes.issue("abroad")))).toEqual(JOINED);
    for (const life of [bot, open()]) {
      expect(life.all()).toMatchObject([{ name: "abroad", joinedAt: 1_000 }]);
      expect(life.has("abroad")).toBe(true);
      expect(life.has("ＡＢＲＯＡＤ")).toBe(true);
      expect(life.has("home")).toBe(false);
      expect(life.isShownBy("Bearer a token of its own", "Abroad")).toBe(true);
      for (const header of ["Bearer another", "Bearer ", "a token of its own", undefined]) {
        expect(life.isShownBy(header, "abroad")).toBe(false);
      }
      expect(life.isShownBy("Bearer a token of its own", "home")).toBe(false);
      expect(life.tlsOf("abroad")).toEqual({ ca: abroad.cert, identity: mine });
      expect(life.tlsOf("home")).toBeUndefined();
    }
  });

  test("accepts a code once, but repeats the answer to the machine that used it", () => {
    const bot = open();
    const code = bot.codes.issue("abroad");
    expect(bot.join(showing(code))).toEqual(JOINED);
    expect(open().join(showing(code))).toEqual(JOINED);
    expect(bot.join(showing(code, { certificate: other.cert.toString() }))).toEqual({ ok: false, why: "used" });
    expect(bot.join(showing(code, { token: "another" }))).toEqual({ ok: false, why: "used" });
    expect(bot.tlsOf("abroad")?.ca).toEqual(abroad.cert);
  });

  test("refuses a code after an hour", () => {
    const bot = open();
    const code = bot.codes.issue("abroad");
    at += HOUR_MS + 1;
    expect(bot.join(showing(code))).toEqual({ ok: false, why: "expired" });
    expect(bot.has("abroad")).toBe(false);
  });

  test("refuses a code that was made while the clock was years ahead, but not one from before it was set back by minutes", () => {
    const bot = open();
    const code = bot.codes.issue("abroad");
    at -= 365 * 24 * HOUR_MS;
    expect(bot.join(showing(code))).toEqual({ ok: false, why: "expired" });
    const next = bot.codes.issue("abroad");
    at -= HOUR_MS / 4;
    expect(bot.join(showing(next))).toEqual(JOINED);
  });

  test("cancels a code after five wrong secrets, counted across restarts", () => {
    const code = open().codes.issue("abroad");
    const wrong = { ...code, secret: Buffer.alloc(16) };
    for (let n = 0; n < 4; n += 1) expect(open().join(showing(wrong))).toEqual({ ok: false, why: "unknown" });
    const still = open().codes.issue("home");
    expect(open().join(showing(wrong))).toEqual({ ok: false, why: "unknown" });
    expect(open().join(showing(code))).toEqual({ ok: false, why: "unknown" });
    expect(open().join(showing(still))).toEqual({ ok: false, why: "unfit" });
  });

  test("accepts only the latest code for a name", () => {
    const bot = open();
    const [first, second] = [bot.codes.issue("abroad"), bot.codes.issue("Abroad")];
    expect(bot.join(showing(first))).toEqual({ ok: false, why: "unknown" });
    expect(bot.join(showing(second))).toMatchObject({ ok: true });
  });

  test("refuses a certificate with another name, and the code stays valid", async () => {
    const bot = open();
    const code = bot.codes.issue("home");
    expect(bot.join(showing(code))).toEqual({ ok: false, why: "unfit" });
    const home = await createIdentity("home");
    expect(bot.join(showing(code, { certificate: home.cert.toString() }))).toEqual({ ok: true, name: "home" });
  });

  test("replaces a machine that joins again with a new code", () => {
    const bot = open();
    bot.join(showing(bot.codes.issue("abroad")));
    bot.join(showing(bot.codes.issue("abroad"), { certificate: other.cert.toString(), token: "another" }));
    expect(open().tlsOf("abroad")?.ca).toEqual(other.cert);
    expect(bot.isShownBy("Bearer a token of its own", "abroad")).toBe(false);
  });

  test("removes a server with its codes, so that none of them brings it back", () => {
    const bot = open();
    const code = bot.codes.issue("abroad");
    bot.join(showing(code));
    bot.remove("ABROAD");
    expect([bot.has("abroad"), open().has("abroad")]).toEqual([false, false]);
    expect(bot.join(showing(code))).toEqual({ ok: false, why: "unknown" });
  });

  test("creates no files before the first code, and ignores the removal of an unknown server", () => {
    const bot = open();
    bot.remove("abroad");
    expect([bot.identity(), existsSync(folder)]).toEqual([undefined, false]);
  });

  test("has one identity if two processes create it at once", async () => {
    const [one, another] = [open(), open()];
    const made = await Promise.all([one, another].map((bot) => bot.ownIdentity(() => createIdentity("dwld-bot"))));
    expect(made[0]).toEqual(made[1]);
    expect(open().identity()).toEqual(made[0]);
  });

  test("makes files that only the owner can read, and stores secrets only as digests", async () => {
    const bot = open();
    await bot.ownIdentity(() => createIdentity("dwld-bot"));
    const code = bot.codes.issue("abroad");
    bot.join(showing(code));
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => join(folder, name));
    for (const path of [folder, ...files]) expect(statSync(path).mode & 0o077).toBe(0);
    const texts = files.filter((path) => statSync(path).isFile()).map((path) => readFileSync(path, "utf8"));
    expect(texts).toHaveLength(3);
    for (const secret of ["a token of its own", code.secret.toString("hex"), code.secret.toString("base64url")]) {
      expect(texts.join("\n")).not.toContain(secret);
    }
  });

  test("throws JoinedUnreadable for a server's file that cannot be read", () => {
    const bot = open();
    bot.join(showing(bot.codes.issue("abroad")));
    const [file = ""] = readdirSync(join(folder, "servers"));
    writeFileSync(join(folder, "servers", file), "{");
    expect(open).toThrow(JoinedUnreadable);
  });
});
