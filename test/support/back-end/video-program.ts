import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { eachText } from "../output.ts";
import { createWatch } from "../watch.ts";
import type { MetubeVersion } from "./metube.ts";
import type { YtptubeVersion } from "./ytptube.ts";

const SCRIPT = join(import.meta.dir, "video-process.ts");

/** Which fake, and its version. */
export type VideoProgram =
  | { readonly kind: "metube"; readonly version: MetubeVersion }
  | { readonly kind: "ytptube"; readonly version: YtptubeVersion };

/** A MeTube or YTPTube that can be killed: what it keeps is in `home`, and nothing else survives. */
export async function startVideoProgram({ kind, version }: VideoProgram, home: string, { port }: { port: number }) {
  const [dir, state] = [join(home, "files"), join(home, "state")];
  for (const path of [dir, state]) mkdirSync(path, { recursive: true });
  const program = Bun.spawn([process.execPath, SCRIPT, kind, version, dir, state, String(port)], {
    stdout: "pipe",
    stderr: "inherit",
  });
  const watch = createWatch();
  let output = "";
  void eachText(program.stdout, (text) => {
    output += text;
    watch.changed();
  });
  await watch.until(() => output.includes("It listens") || undefined, {
    what: `${kind} to listen`,
    seen: () => output,
  });
  return {
    dir,
    url: new URL(`http://127.0.0.1:${port}/`),
    kill: async () => {
      program.kill("SIGKILL");
      await program.exited;
      watch.close();
    },
  };
}
