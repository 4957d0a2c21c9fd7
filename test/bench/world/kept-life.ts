import { join } from "node:path";
import { type Life, spawnBot } from "../../support/binary/life.ts";
import { type Child, startChild } from "./child.ts";
import { SERVICE_ENV } from "./service-env.ts";

let keeper: Promise<Child> | undefined;

/**
 * Like `spawnBot`, but with the service's environment as well; and the bot ends with this process, however that ends: a bot that is left
 * behind would run for ever.
 */
export async function startKept(of: Parameters<typeof spawnBot>[0]): Promise<Life> {
  keeper ??= startChild(join(import.meta.dir, "keeper.ts"));
  const { ask } = await keeper;
  const life = spawnBot({ ...of, env: { ...SERVICE_ENV, ...of.env } });
  await ask({ do: "keep", pid: life.pid });
  // From then on its number may belong to another process.
  void life.exited.then(() => ask({ do: "hasEnded", pid: life.pid }));
  return life;
}
