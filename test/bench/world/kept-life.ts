import { join } from "node:path";
import { type Life, spawnBot } from "../../support/binary/life.ts";
import { type Child, startChild } from "./child.ts";

let keeper: Promise<Child> | undefined;

/** As `spawnBot`, and it ends with this process, however that ends: a bot that is left behind goes on and on. */
export async function startKept(of: Parameters<typeof spawnBot>[0]): Promise<Life> {
  keeper ??= startChild(join(import.meta.dir, "keeper.ts"));
  const { ask } = await keeper;
  const life = spawnBot(of);
  await ask({ do: "keep", pid: life.pid });
  // Its number may be another process's from then on.
  void life.exited.then(() => ask({ do: "hasEnded", pid: life.pid }));
  return life;
}
