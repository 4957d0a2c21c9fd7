import { join } from "node:path";

const LIBRARIES = join(import.meta.dir, "libraries.ts");

/** Compiles the bare libraries as the bot is compiled; the path of the binary, in the folder. */
export async function buildBare(folder: string): Promise<string> {
  const binary = join(folder, "bare");
  const flags = ["--compile", "--bytecode", "--format=esm", "--minify-syntax", "--minify-whitespace", "--sourcemap"];
  const built = Bun.spawn([process.execPath, "build", LIBRARIES, ...flags, "--outfile", binary], { stdout: "ignore" });
  if ((await built.exited) !== 0) throw new Error("The bare libraries cannot be built");
  return binary;
}
