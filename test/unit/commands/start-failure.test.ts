import { describe, expect, test } from "bun:test";
import { createServer } from "node:net";
import { holderOfPort } from "../../../src/commands/port-holder.ts";
import { listenFailure } from "../../../src/commands/start-failure.ts";
import { ListenError } from "../../../src/domain/listening.ts";
import { words } from "../../../src/words/words.ts";

const at = (code: string, port = 9999) => new ListenError("downloaders", { host: "bot", port }, { code });

describe("listenFailure()", () => {
  test.each([
    // Bun reports the same if the name server cannot be reached yet.
    ["ENOTFOUND", 75, "the name bot is not known now", "имя bot сейчас не находится"],
    ["EAI_AGAIN", 75, "the name bot is not known now", "имя bot сейчас не находится"],
    ["EADDRNOTAVAIL", 75, "no address bot now", "сейчас нет адреса bot"],
    ["EMFILE", 75, "EMFILE. Change grpc.listen.", "EMFILE. Смените grpc.listen."],
    ["EACCES", 78, "Choose a higher one for grpc.listen", "Укажите в grpc.listen больший"],
    ["open_to_all", 78, "set grpc.token or grpc.allowed_networks", "задайте grpc.token или grpc.allowed_networks"],
    ["EINVAL", 78, "EINVAL. Change grpc.listen.", "EINVAL. Смените grpc.listen."],
  ])("of %s has the exit code %i and advice", (code, exit, english, russian) => {
    for (const [language, sentence] of [
      ["en", english],
      ["ru", russian],
    ] as const) {
      const failure = listenFailure(at(code), "grpc.listen", words[language].start);
      expect({ code: failure.code, says: failure.message }).toEqual({
        code: exit as typeof failure.code,
        says: expect.stringContaining(sentence),
      });
    }
  });

  test("says how to find the holder of the port if it is another user's process", () => {
    const { taken } = words.en.start.listen;
    expect(taken(9999, undefined, "grpc.listen")).toContain("sudo ss -ltnp 'sport = :9999' shows which");
  });
});

describe("holderOfPort()", () => {
  test("names the program that listens on the port, until it stops listening", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { port: number };
    expect(holderOfPort(port)).toEndWith(` (pid ${process.pid})`);
    await new Promise((resolve) => server.close(resolve));
    expect(holderOfPort(port)).toBeUndefined();
  });
});
