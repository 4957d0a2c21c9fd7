import { expect, test } from "bun:test";
import { createServer, type Socket } from "node:net";
import { join } from "node:path";

const KEPT = join(import.meta.dir, "../bench/world/kept-life.ts");
/** Stands in for a bot: runs until it is killed. */
const STAYS = (port: number) => `require("node:net").connect(${port}, "127.0.0.1")`;

test("a benchmark that is killed leaves no bot behind", async () => {
  const connected = Promise.withResolvers<Socket>();
  const server = createServer(connected.resolve);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const at = server.address();
  const port = at !== null && typeof at === "object" ? at.port : 0;
  const life = { command: [process.execPath, "-e", STAYS(port)], cwd: import.meta.dir, env: {}, args: [] };
  const script = `import { startKept } from ${JSON.stringify(KEPT)};
    await startKept(${JSON.stringify(life)});
    console.log("kept");
    await new Promise(() => setInterval(() => {}, 1_000));`;
  const bench = Bun.spawn([process.execPath, "-e", script], { stdin: "ignore", stdout: "pipe", stderr: "inherit" });
  const said = await bench.stdout.getReader().read();
  expect(new TextDecoder().decode(said.value)).toBe("kept\n");
  const bot = await connected.promise;
  const ended = new Promise<void>((resolve) => bot.on("close", () => resolve()).on("error", () => {}));
  bot.resume();
  bench.kill("SIGKILL");
  await ended;
  server.close();
});
