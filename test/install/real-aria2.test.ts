import { describe, expect, test } from "bun:test";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { ARIA2C, startAria2 } from "../support/back-end/aria2.ts";
import { createBinaryRig } from "../support/binary.ts";
import { ROOT } from "../support/guide.ts";
import { reservePort } from "../support/reserved-port.ts";
import { DROP_IN, UNIT } from "./both.ts";
import { createMachine, createRelease } from "./machine.ts";

const SECRET = "a secret of this test";
const MAIN = [process.execPath, join(ROOT, "src/main.ts")];

describe.skipIf(ARIA2C === null)("install.sh --downloader --backend aria2, with the real programs", () => {
  test("refuses the wrong secret, and with the right one writes the options that the server starts with", async () => {
    await using stack = new AsyncDisposableStack();
    const machine = stack.use(createMachine());
    const rig = stack.use(createBinaryRig({ command: MAIN, config: { grpc: { listen: "127.0.0.1:0" } } }));
    const { port } = stack.use(reservePort());
    const home = join(machine.elsewhere, "aria2");
    mkdirSync(home);
    const aria2 = await startAria2(home, { port, secret: SECRET });
    stack.defer(aria2.kill);
    const bot = await rig.start();

    const listen = ["--listen", `127.0.0.1:${stack.use(reservePort()).port}`];
    const url = `http://127.0.0.1:${port}/jsonrpc`;
    const own = ["--dir", join(machine.elsewhere, "list"), "--name", "aria2", "--bot", await bot.address(), ...listen];
    // A release that runs from source.
    const release = createRelease(join(machine.elsewhere, "release"), `#!/bin/sh\nexec ${MAIN.join(" ")} "$@"\n`);
    const args = ["--from", release, "--downloader", "--backend", "aria2", "--backend-url", url, ...own, "--no-start"];
    const install = (secret: string) => machine.run([...args, "--backend-secret-file", "-"], { stdin: secret });

    const refused = await install("another\n");
    expect(refused).toEqual({ code: 1, said: expect.stringContaining("aria2 does not answer: Unauthorized") });
    expect(machine.has(UNIT)).toBe(false);
    const { code, said } = await install(`${SECRET}\n`);
    expect({ code, said }).toEqual({ code: 0, said: expect.stringMatching(/^aria2 \S+ answers at http:/m) });
    expect(said).not.toContain("is asked again");

    // Starts it like the unit does, as far as possible without systemd.
    const [, start = ""] = /^ExecStart=(.*)$/m.exec(machine.read(UNIT)) ?? [];
    const [, options = ""] = /^Environment='OPTIONS=(.*)'$/m.exec(machine.read(DROP_IN)) ?? [];
    const env = { PATH: process.env.PATH ?? "", CREDENTIALS_DIRECTORY: join(machine.root, "etc/dwld-bot") };
    const server = rig.spawn(env, [`exec ${machine.root}${start.replace("$OPTIONS", options)}`], ["sh", "-c"]);
    await Promise.all([server.says("aria2 1."), server.says('Registered as "aria2"')]);
    expect(server.output).not.toContain(SECRET);
    expect(await server.stop()).toBe(0);
  });
});
