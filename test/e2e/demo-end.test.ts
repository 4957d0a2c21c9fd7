import { expect, test } from "bun:test";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { openDemoWindow } from "../support/demo-window.ts";
import { eachText } from "../support/output.ts";
import { until } from "../support/until.ts";
import { createWatch } from "../support/watch.ts";

const ROOT = join(import.meta.dir, "../..");

/** `npm run demo` as a process of its own, once the bot knows both servers. */
async function start() {
  await using started = new AsyncDisposableStack();
  const temporary = started.adopt(mkdtempSync(join(tmpdir(), "dwld-bot-demo-")), (path) =>
    // A port may be closed before the last file is written.
    rmSync(path, { recursive: true, force: true, maxRetries: 10 }),
  );
  const child = started.use(
    Bun.spawn([process.execPath, "--preload=./test/support/without-proxy.ts", "test/demo/demo.ts"], {
      cwd: ROOT,
      env: { ...process.env, TMPDIR: temporary },
      stdout: "pipe",
      stderr: "inherit",
    }),
  );
  const watch = started.adopt(createWatch(), ({ close }) => close());
  let output = "";
  void eachText(child.stdout, (text) => {
    output += text;
    watch.changed();
  });
  const address = await watch.until(() => /http:\S+/.exec(output)?.[0], { what: "the address", seen: () => output });
  await using window = await openDemoWindow(address);
  const servers = await window.seesIn(
    "admin",
    ({ messages }) => {
      const found = messages.flatMap(({ text }) =>
        [...text.matchAll(/127\.0\.0\.1:(\d+)/g)].map(([, port]) => Number(port)),
      );
      return found.length === 2 ? found : undefined;
    },
    "both servers to be known",
  );
  const folder = dirname(await window.sees((state) => state.folder, "the folder"));
  const { grpc } = JSON.parse(readFileSync(join(folder, "config.yaml"), "utf8"));
  const everything = started.move();
  return {
    child,
    folder,
    /** Those of the bot and its servers. */
    ports: [...servers, Number(grpc.listen.split(":")[1])],
    /** Whether a process of this demo lives. The environment tells: ports may be in other hands by then. */
    isAlive: () =>
      readdirSync("/proc").some((pid) => /^\d+$/.test(pid) && environmentOf(pid).includes(`TMPDIR=${temporary}\0`)),
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  };
}

/** Empty where the process has ended meanwhile. */
function environmentOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, "utf8");
  } catch {
    return "";
  }
}

/** Connects; `ended` resolves once the other side is gone. */
async function hold(port: number) {
  const connected = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  createConnection(port, "127.0.0.1")
    // A stream that is not read never ends.
    .resume()
    .on("connect", connected.resolve)
    .on("error", connected.reject)
    .on("close", () => ended.resolve());
  await connected.promise;
  return { ended: ended.promise };
}

// Ctrl+C in a terminal reaches the program itself, and npm passes it on once more.
test.each([
  { how: "Ctrl+C, which npm doubles", signals: ["SIGINT", "SIGINT"], isTidy: true },
  { how: "its terminal being closed", signals: ["SIGHUP"], isTidy: true },
  { how: "kill -9", signals: ["SIGKILL"], isTidy: false },
] as const)("the bot and its servers end with the demo: $how", async ({ signals, isTidy }) => {
  await using demo = await start();
  const held = await Promise.all(demo.ports.map(hold));
  for (const signal of signals) demo.child.kill(signal);
  await demo.child.exited;
  await Promise.all(held.map(({ ended }) => ended));
  await until("nothing of the demo runs any more", () => !demo.isAlive());
  expect(demo.child.exitCode).toBe(isTidy ? 0 : null);
  expect(existsSync(demo.folder)).toBe(!isTidy);
});
