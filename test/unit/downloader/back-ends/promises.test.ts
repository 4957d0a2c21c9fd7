import { describe } from "bun:test";
import { createProgram } from "../../../support/back-end/program.ts";
import { describeRemote, type RemoteWorld } from "../../../support/back-end/promises.ts";

/** Checks on the program in memory what every program must do, so that the bridge's tests can rely on it. */
function openWorld({ forgetsKeys }: { readonly forgetsKeys: boolean }): RemoteWorld {
  const program = createProgram({ forgetsKeys });
  const files: { folder: string; link: string }[] = [];
  let links = 0;
  const link = (kind: string) => {
    links += 1;
    return `https://films.example/${kind}/${links}`;
  };
  const { remote } = program;
  return {
    remote: {
      ...remote,
      async submit(wanted, signal) {
        const acceptance = await remote.submit(wanted, signal);
        if (wanted.link.includes("/file/")) {
          files.push(wanted);
          program.becomes(wanted.link, { state: "done", name: "film.mp4" });
        }
        if (wanted.link.includes("/broken/")) program.becomes(wanted.link, { state: "failed", detail: "no such film" });
        return acceptance;
      },
    },
    endless: () => link("endless"),
    file: () => link("file"),
    broken: () => link("broken"),
    people: async (one) => void program.people(one),
    count: async (one) => program.links().filter((held) => held === one).length,
    wholeFiles: (folder) => files.filter((one) => one.folder === folder).map((one) => one.link),
    restart: async () => program.restarts({ keeps: false }),
    end: async () => program.goesDown(),
    [Symbol.asyncDispose]: async () => undefined,
  };
}

describe.each([{ forgetsKeys: false }, { forgetsKeys: true }])("a program in memory: %p", (behaviour) => {
  describeRemote(async () => openWorld(behaviour));
});
