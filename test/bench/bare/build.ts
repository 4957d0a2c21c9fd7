import { basename, join } from "node:path";

/** Compiles a script of this folder in the way the bot is compiled; returns the path of the binary, which is in the given folder. */
export async function buildBare(folder: string, script: "libraries.ts" | "waiting.ts"): Promise<string> {
  const binary = join(folder, basename(script, ".ts"));
  const flags = ["--compile", "--bytecode", "--format=esm", "--minify-syntax", "--minify-whitespace", "--sourcemap"];
  const built = Bun.spawn([process.execPath, "build", join(import.meta.dir, script), ...flags, "--outfile", binary], {
    stdout: "ignore",
  });
  if ((await built.exited) !== 0) throw new Error(`${script} cannot be built`);
  return binary;
}
