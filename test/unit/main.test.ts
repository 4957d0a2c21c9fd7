import { expect, test } from "bun:test";

test("the module that asks whether the output is a terminal is loaded after colours were turned off", async () => {
  const script = `
    process.argv = ["bun", "main.ts", "run", "--config", "/nowhere/config.yaml"];
    process.on("exit", () => console.log(JSON.stringify(require("debug").inspectOpts)));
    await import("./src/main.ts");`;
  const { DEBUG_COLORS: _, ...env } = process.env;
  const main = Bun.spawn([process.execPath, "-e", script], { env, stdout: "pipe", stderr: "ignore" });
  expect(await main.stdout.text()).toContain('{"colors":false}');
});
