import { afterAll, beforeEach, describe, expect, test } from "bun:test";
import { closeSync, constants, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isSilentPipe, readPatiently } from "../../src/patient-read.ts";

const folder = mkdtempSync(join(tmpdir(), "dwld-bot-pipe-"));
afterAll(() => rmSync(folder, { recursive: true }));

const NO_PATIENCE = { aloneMs: 0, writingMs: 0 };
let pipe: string;
let nth = 0;
beforeEach(() => {
  pipe = join(folder, `pipe${nth++}`);
  Bun.spawnSync(["mkfifo", pipe]);
});

const errorOf = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (error) {
    return error;
  }
};

describe("readPatiently()", () => {
  test("reads a plain file, and throws the system's error if there is none", () => {
    writeFileSync(join(folder, "plain"), "1:abc");
    expect(readPatiently(join(folder, "plain"), NO_PATIENCE).toString()).toBe("1:abc");
    expect(errorOf(() => readPatiently(join(folder, "none"), NO_PATIENCE))).toMatchObject({ code: "ENOENT" });
  });

  test("does not wait forever for somebody to write into a pipe", () => {
    expect(isSilentPipe(errorOf(() => readPatiently(pipe, NO_PATIENCE)))).toBe(true);
  });

  test("waits only once for a silent pipe", () => {
    const error = errorOf(() => readPatiently(pipe, NO_PATIENCE));
    expect(isSilentPipe(error)).toBe(true);
    expect(errorOf(() => readPatiently(pipe, NO_PATIENCE))).toBe(error);
    const writer = openSync(pipe, constants.O_RDWR);
    writeSync(writer, "bc");
    const late = errorOf(() => readPatiently(pipe, NO_PATIENCE));
    closeSync(writer);
    expect(late).toBe(error);
  });

  test("does not wait forever for a writer that opens the pipe and writes nothing", () => {
    const writer = openSync(pipe, constants.O_RDWR);
    const error = errorOf(() => readPatiently(pipe, { aloneMs: 1e9, writingMs: 0 }));
    closeSync(writer);
    expect(isSilentPipe(error)).toBe(true);
  });

  test("does not wait forever for the rest of what a writer began", () => {
    const writer = openSync(pipe, constants.O_RDWR);
    writeSync(writer, "1:a");
    const error = errorOf(() => readPatiently(pipe, NO_PATIENCE));
    closeSync(writer);
    expect(isSilentPipe(error)).toBe(true);
  });

  test("reads everything from a writer that opens the pipe later and writes more than it holds", async () => {
    const writer = Bun.spawn(["sh", "-c", `head -c 200000 /dev/zero > ${pipe}`]);
    expect(readPatiently(pipe).length).toBe(200_000);
    await writer.exited;
  });

  test("reads a command's output through bash's <(…)", () => {
    const program = `import { readPatiently } from ${JSON.stringify(join(import.meta.dir, "../../src/patient-read.ts"))};
      process.stdout.write(readPatiently(process.argv[1]));`;
    const command = `"$0" -e "$1" <(read -r line < ${pipe}; echo "$line") & echo 1:abc > ${pipe}; wait`;
    const { stdout } = Bun.spawnSync(["bash", "-c", command, process.execPath, program]);
    expect(stdout.toString()).toBe("1:abc\n");
  });

  test("returns again what a pipe has delivered, as long as nobody has it open", async () => {
    const saying = Bun.spawn(["sh", "-c", `printf 1:abc > ${pipe}`]);
    expect(readPatiently(pipe).toString()).toBe("1:abc");
    await saying.exited;
    expect(readPatiently(pipe, NO_PATIENCE).toString()).toBe("1:abc");
    const writer = openSync(pipe, constants.O_RDWR);
    const error = errorOf(() => readPatiently(pipe, NO_PATIENCE));
    closeSync(writer);
    expect(isSilentPipe(error)).toBe(true);
  });
});
