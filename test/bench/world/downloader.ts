import { createServer } from "node:net";
import { status } from "@grpc/grpc-js";
import type { Failure } from "../../support/downloader/mode.ts";
import { createDownloaderServer, type Method } from "../../support/downloader/server.ts";
import { registerDownloader, type Task } from "../../support/downloader/wire.ts";
import { obey } from "./commands.ts";

/*
 * A downloader as a separate process. It answers SetToQueue only with the link that it was just given, so that a long list costs nothing
 * there, and Queue with everything that it has not finished, or finished at the latest look.
 */

export interface DownloaderCounts {
  readonly accepted: number;
  /** Epoch ms; of SetToQueue. */
  readonly firstAt: number | null;
  readonly lastAt: number | null;
  readonly calls: Readonly<Record<string, number>>;
}

/** What becomes of a link at each look at the list. */
const STEPS = ["NEW", "WORK", "WORK", "TO_SEND", "SENDING", "DONE"] as const;

const list = new Map<string, { step: number; quality: string }>();
const calls: Record<string, number> = {};
let accepted = 0;
let firstAt: number | null = null;
let lastAt: number | null = null;
/** What is wrong with it: nothing, the program behind its proxy is away, or everyone who connects is thrown out. */
let trouble: "none" | "no_program" = "none";
/** Whether links make progress from look to look, or stay new. */
let works = false;

const taskOf = (link: string, { step, quality }: { step: number; quality: string }): Task => ({
  link,
  status: STEPS[step] ?? "DONE",
  max_quality: quality,
  name: step === 0 ? "COMING SOON" : `What ${link} is about`,
  ...(STEPS[step] === "WORK" && { message: "downloading [mp4 - unknown]" }),
});

function look(): Task[] {
  const tasks = [...list].map(([link, entry]) => taskOf(link, entry));
  if (!works) return tasks;
  for (const [link, entry] of list) {
    if (entry.step === STEPS.length - 1) list.delete(link);
    else entry.step += 1;
  }
  return tasks;
}

const methods: Readonly<Record<string, Method>> = {
  async SetToQueue({ link, max_quality }) {
    lastAt = Date.now();
    firstAt ??= lastAt;
    accepted += 1;
    const entry = { step: 0, quality: String(max_quality) };
    list.set(String(link), entry);
    return { tasks: [taskOf(String(link), entry)] };
  },
  Queue: async () => ({ tasks: look() }),
  async Status() {
    const working = [...list].filter(([, { step }]) => STEPS[step] === "WORK");
    const of = { filename: "video.mp4", message: "downloading [mp4 - unknown]", status: "WORK" };
    return { on_work: working.map(([link, { step }]) => ({ ...of, link, percentage: 30 * step })), sensors: "" };
  },
  DeleteFromQueue: async () => ({ tasks: [] }),
  CleanHistory: async () => ({ tasks: [] }),
  Healtheck: async () => ({ message: "ok" }),
};

/** The answer of a proxy whose program is away. */
const NO_PROGRAM: Failure = { code: status.UNAVAILABLE, details: "no healthy upstream" };
const guarded =
  (method: Method): Method =>
  async (request) => {
    if (trouble === "no_program") throw NO_PROGRAM;
    return method(request);
  };

const server = createDownloaderServer({
  host: "127.0.0.1",
  port: 0,
  onCall({ method }) {
    calls[method] = (calls[method] ?? 0) + 1;
  },
  methods: Object.fromEntries(Object.entries(methods).map(([name, method]) => [name, guarded(method)])),
});
await server.opens();

await obey({
  where: () => ({ port: server.port }),
  works: () => {
    works = true;
  },
  closes: () => server.closes(),
  /** Throws out at once everyone who connects, as a forwarder does whose program is away. */
  async resets() {
    const { port } = server;
    server.closes();
    const thrower = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => thrower.listen(port, "127.0.0.1", resolve));
  },
  losesProgram() {
    trouble = "no_program";
  },
  register: ({ bot, name }: { bot: string; name: string }) =>
    registerDownloader(bot, { name, roots: ["*"], host: "127.0.0.1", port: server.port }),
  counts: (): DownloaderCounts => ({ accepted, firstAt, lastAt, calls }),
});
