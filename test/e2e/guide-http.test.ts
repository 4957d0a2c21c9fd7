import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startTestApp, type TestApp, USER } from "../support/app.ts";
import { blocksOf, commandsOf, page, rowsOf } from "../support/guide.ts";

const { text } = page("en", "http.md");
const typed = commandsOf(text).filter((line) => line.startsWith("curl "));
const TOKEN = "a-token-for-programs";
const TAKES_LINKS = { DWLD_BOT_HTTP_TOKEN: TOKEN, DWLD_BOT_DISPATCH_DELAY: "1h" };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dwld-guide-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the line from docs/en/http.md, with the test's port and a shorter profile. */
async function type(app: TestApp, line: string) {
  const here = line.replace("http://127.0.0.1:9988", app.http).replace("seconds=30", "seconds=1");
  const child = Bun.spawn(["sh", "-c", here.replace(/^curl /, "curl --silent --show-error --fail-with-body ")], {
    cwd: folder,
    env: { PATH: process.env.PATH, TOKEN, no_proxy: "*" },
    stderr: "pipe",
  });
  const [output, trouble, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  if (code !== 0) throw new Error(`${line}: ${trouble}${output}`);
  return output;
}

const lineWith = (part: string) => {
  const line = typed.find((candidate) => candidate.endsWith(part));
  if (line === undefined) throw new Error(`docs/en/http.md has no curl with ${part}`);
  return line;
};

/** Waits for an answer of the bot, which is ready then. */
const greeted = async (app: TestApp) => {
  app.api.user({ id: USER, languageCode: "en" }).sends("/start");
  await app.api.message(USER, ({ byBot }) => byBot);
};

// Debian has curl; without it, a reader could not run these lines either.
describe.skipIf(Bun.which("curl") === null)("docs/en/http.md", () => {
  test("sends links that join the queue, and shows the real answer", async () => {
    await using app = await startTestApp(TAKES_LINKS);
    const answer = JSON.parse(await type(app, lineWith("/links")));
    const shown = JSON.parse(blocksOf(text).find(({ kind }) => kind === "json")?.text ?? "{}");
    expect(answer).toEqual({ links: [{ ...shown.links[0], id: 1 }] });
    expect(JSON.parse(await type(app, lineWith("/link")))).toHaveLength(1);
  });

  test("asks for health and metrics, and describes every metric of ours", async () => {
    await using app = await startTestApp();
    await app.downloader({ name: "nas" });
    await greeted(app);
    expect(JSON.parse(await type(app, lineWith("/healthz")))).toEqual({ ok: true });
    expect(JSON.parse(await type(app, lineWith("/readyz")))).toMatchObject({ ready: true });
    const metrics = await type(app, lineWith("/metrics"));
    const served = [...metrics.matchAll(/^# TYPE (dwld_\w+)/gm)].map(([, name]) => name);
    const described = rowsOf(text).flatMap(([cell]) => /^`(dwld_\w+)`$/.exec(cell ?? "")?.[1] ?? []);
    expect(described.sort()).toEqual(served.sort() as string[]);
  });

  test("takes profiles and writes them to the named files", async () => {
    await using app = await startTestApp(TAKES_LINKS);
    const lines = typed.filter((line) => line.includes("/debug/pprof/"));
    for (const line of lines) await type(app, line);
    const files = lines.map((line) => / -o (\S+)/.exec(line)?.[1] ?? "");
    expect(readdirSync(folder).sort()).toEqual(files.sort());
    for (const file of files) expect(readFileSync(join(folder, file)).length).toBeGreaterThan(100);
  });

  test("has no other curl command", () => {
    const tried = ["/links", "/link", "/healthz", "/readyz", "/metrics"].map(lineWith);
    expect(typed.filter((line) => !tried.includes(line) && !line.includes("/debug/pprof/"))).toEqual([]);
  });
});
