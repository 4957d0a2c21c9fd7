import { createFakeMetube, type MetubeVersion } from "./metube.ts";
import { createFakeYtptube, type YtptubeVersion } from "./ytptube.ts";

/** Runs a fake in a separate process, for `startVideoProgram`. */
const [kind, version, dir = "", state = "", port = ""] = process.argv.slice(2);
if (kind === "metube") createFakeMetube(dir, { version: version as MetubeVersion, state, port: Number(port) });
else createFakeYtptube(dir, { version: version as YtptubeVersion, state, port: Number(port) });
process.stdout.write("It listens\n");
