import { describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { BIN } from "./both.ts";
import { fakeBot } from "./fakes.ts";
import { createMachine, createRelease, type Machine } from "./machine.ts";
import { serve } from "./serving.ts";

const HAS_WGET = Bun.which("wget") !== null;

/** All programs of this machine except curl, which would be preferred. */
function withoutCurl(machine: Machine): string {
  const folder = join(machine.elsewhere, "programs");
  mkdirSync(folder);
  for (const place of (process.env.PATH ?? "").split(":").filter(existsSync)) {
    for (const name of readdirSync(place)) {
      if (name !== "curl" && !existsSync(join(folder, name))) symlinkSync(join(place, name), join(folder, name));
    }
  }
  return folder;
}

const released = (machine: Machine) => createRelease(join(machine.elsewhere, "release"), fakeBot({ version: "1.0.0" }));

describe("install.sh, told to download", () => {
  test.skipIf(Bun.which("curl") === null)("by curl refuses a redirect that leaves https", async () => {
    using machine = createMachine();
    await using server = serve(released(machine));
    const { code, said } = await machine.run(["--from", `${server.url}/away`]);
    expect({ code, said }).toEqual({ code: 1, said: expect.stringContaining("cannot download") });
    expect(machine.tree()).toEqual({});
  });

  test.skipIf(!HAS_WGET)("by wget refuses a redirect that leaves https, and follows others", async () => {
    using machine = createMachine();
    await using server = serve(released(machine));
    const env = { PATH: withoutCurl(machine) };
    const { code, said } = await machine.run(["--from", `${server.url}/away`], { env });
    expect({ code, said }).toEqual({ code: 1, said: expect.stringContaining("/away/SHA256SUMS: only https") });
    expect(machine.tree()).toEqual({});
    expect((await machine.run(["--from", `${server.url}/near`], { env })).code).toBe(0);
    expect(machine.read(BIN)).toContain("1.0.0");
  });

  test.skipIf(!HAS_WGET)("by wget says why the download failed", async () => {
    using machine = createMachine();
    await using server = serve(machine.elsewhere);
    const { code, said } = await machine.run(["--from", server.url], { env: { PATH: withoutCurl(machine) } });
    expect({ code, said }).toEqual({ code: 1, said: expect.stringMatching(/ 404[\s\S]*cannot download/) });
    expect(said).not.toContain("Content-Length");
  });

  test.each([
    ["curl", "--connect-timeout [0-9]+ .*--speed-time [0-9]+"],
    ["wget", "-T [0-9]+ -t [0-9]+"],
  ])("by %s gives up a connection that has stopped sending", async (program, limits) => {
    using machine = createMachine();
    const PATH = program === "wget" ? withoutCurl(machine) : (process.env.PATH ?? "");
    // Stands in for a server that sends nothing.
    const silent = `#!/bin/sh
      printf '%s\\n' "$*" | grep -Eq -e '${limits}' || echo "waits for ever" >&2
      exit 1`;
    const { code, said } = await machine.run(["--from", "https://films.example/it"], {
      env: { PATH: `${join(machine.root, "../bin")}:${PATH}` },
      programs: { [program]: silent },
    });
    expect({ code, said }).toEqual({ code: 1, said: expect.stringMatching(/^install\.sh: cannot download/) });
  });
});

describe.each(["curl", "wget"])("install.sh, told to download by %s", (program) => {
  test.skipIf(Bun.which(program) === null)("never prints the password of a proxy, or of the address", async () => {
    using machine = createMachine();
    const PATH = program === "wget" ? withoutCurl(machine) : (process.env.PATH ?? "");
    // A character that should be escaped makes both programs repeat the whole address.
    for (const https_proxy of ["http://ann:sesame@proxy:port", "http://ann:ses#same@proxy:1", "http://127.0.0.1:1"]) {
      const { code, said } = await machine.run(["--from", "https://bob:sesame@films.example/it"], {
        env: { PATH, https_proxy },
      });
      expect({ code, said }).toEqual({ code: 1, said: expect.stringMatching(/cannot download https:.*films/) });
      expect(said).not.toMatch(/sesame|ses#same/);
    }
  });
});
