import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { Profile } from "pprof-format";
import type { Life } from "../support/binary/life.ts";
import { ADMIN, createBinaryRig } from "../support/binary.ts";

const VIDEO = "https://youtube.com/watch?v=1";
const HTTP_TOKEN = "a-token-for-programs";
const CONFIG = { http: { listen: "127.0.0.1:0", token: HTTP_TOKEN } };

async function call(life: Life, path: string, init: RequestInit = {}): Promise<Response> {
  const { fields } = await life.logs("Serving links, health and metrics");
  const headers = { authorization: `Bearer ${HTTP_TOKEN}`, "content-type": "application/json" };
  return fetch(`http://127.0.0.1:${fields.port}${path}`, { ...init, headers });
}

const textsOf = async (answer: Response) =>
  Profile.decode(gunzipSync(await answer.bytes())).stringTable.strings.join("\n");

describe("the compiled bot, over HTTP", () => {
  test("takes links, reports its health, and gives metrics and profiles", async () => {
    await using rig = createBinaryRig({ config: CONFIG });
    rig.api.user({ id: ADMIN, username: "boss", languageCode: "en", started: true });
    const life = await rig.start();
    const nas = await rig.downloader(life, { name: "nas" });
    const posted = await call(life, "/links", { method: "POST", body: JSON.stringify({ links: [{ link: VIDEO }] }) });
    expect(await posted.json()).toMatchObject({ links: [{ link: VIDEO, result: "queued" }] });
    await nas.accepts(VIDEO);
    await life.logs("Handed link 1");
    const metrics = await (await call(life, "/metrics")).text();
    expect(metrics).toContain('dwld_attempts_total{downloader="nas",outcome="accepted"} 1');
    expect(metrics).toMatch(/^nodejs_eventloop_lag_p99_seconds \d/m);
    expect(metrics).toMatch(/^dwld_build_info\{version="\d+\.\d+\.\d+ /m);
    expect((await call(life, "/healthz")).status).toBe(200);
    expect(await textsOf(await call(life, "/debug/pprof/profile?seconds=1"))).toContain("nanoseconds");
    expect(await textsOf(await call(life, "/debug/pprof/heap"))).toContain("inuse_space");
    expect(await life.stop()).toBe(0);
    expect(life.output).not.toContain(HTTP_TOKEN);
  });

  test("writes a profile beside the database on SIGUSR2; a stop cuts it short", async () => {
    await using rig = createBinaryRig({ config: CONFIG });
    const life = await rig.start();
    life.signal("SIGUSR2");
    await life.logs("Taking a profile");
    expect(await life.stop()).toBe(0);
    await life.logs("Wrote a profile");
    const files = readdirSync(rig.folder).filter((name) => name.startsWith("profile-"));
    expect(files.map((name) => name.replace(/^.*Z/, "")).sort()).toEqual([".cpuprofile", ".heap.json"]);
    for (const name of files) {
      expect(statSync(join(rig.folder, name)).mode & 0o777).toBe(0o600);
      expect(Object.keys(JSON.parse(readFileSync(join(rig.folder, name), "utf8"))).length).toBeGreaterThan(0);
    }
  });

  test("does not start when its HTTP address is taken, and says so", async () => {
    await using rig = createBinaryRig({ config: CONFIG });
    await using other = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response() });
    const life = rig.spawn({ DWLD_BOT_HTTP_LISTEN: `127.0.0.1:${other.port}` });
    await life.says(`Cannot listen for HTTP on 127.0.0.1:${other.port}`);
    // A temporary failure: the owner of the address may go away.
    expect(await life.exited).toBe(75);
  });
});
