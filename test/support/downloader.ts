import type { ServerTls } from "../../src/domain/tls.ts";
import { createDownloadList, type DownloadList } from "./downloader/list.ts";
import { type Failure, type Mode, refusalOf } from "./downloader/mode.ts";
import {
  createDownloaderServer,
  type DownloaderCall,
  type DownloaderServer,
  type Method,
} from "./downloader/server.ts";
import { registerDownloader, type SelfDescription } from "./downloader/wire.ts";
import { reservePort } from "./reserved-port.ts";
import { createWatch } from "./watch.ts";

/** A real gRPC downloader that behaves like the Go one, and misbehaves on demand. */
export interface FakeDownloader extends DownloaderServer, Omit<DownloadList, "add" | "drop">, AsyncDisposable {
  readonly name: string;
  readonly host: string;
  readonly calls: readonly DownloaderCall[];
  /** How SetToQueue behaves; may be changed at any time. */
  mode: Mode;
  queueMode: Mode;
  statusMode: Mode;
  sensors: string;
  /** Lets calls held by `slow` continue. */
  release(): void;
  /** Registers with a bot at `host:port`, with no metadata unless given; rejects with the bot's ServiceError. */
  register(botAddress: string, overrides?: Partial<SelfDescription>): Promise<void>;
  /** The first such call, past or future; `after` is a number of calls to skip. */
  waitFor(wanted: (call: DownloaderCall) => boolean, wait?: { what?: string; after?: number }): Promise<DownloaderCall>;
  /** Resolves once the link was accepted. */
  accepts(link: string): Promise<true>;
}

export interface DownloaderOptions {
  readonly name: string;
  /** Default: everything. */
  readonly roots?: readonly string[];
  readonly mode?: Mode;
  readonly host?: string;
  /** Default: one that the system picks. */
  readonly port?: number;
  /** What it accepted in an earlier run. */
  readonly links?: readonly string[];
  /** Called before the answer to an accepted link leaves. */
  readonly onAccept?: (link: string) => void;
  readonly onCall?: (call: DownloaderCall) => void;
  readonly mostCalls?: number;
  /** It can be called over TLS only. */
  readonly tls?: ServerTls;
}

/** More than grpc-js receives by default (4 MiB). */
const HUGE_REPLY = { tasks: [{ name: "x".repeat(5 * 1024 * 1024) }] };

/** Starts a downloader; rejects when the port is taken. */
export async function startDownloader(options: DownloaderOptions): Promise<FakeDownloader> {
  const { name, roots = ["*"], host = "127.0.0.1", links = [], onAccept, onCall } = options;
  const { add, drop, ...list } = createDownloadList(links);
  const calls: DownloaderCall[] = [];
  const watch = createWatch();
  let released = Promise.withResolvers<void>();

  const listTasks = () => ({ tasks: list.tasks() });
  const never = () => new Promise<object>(() => undefined);
  const accept = (link: string, quality: number): Failure | undefined => {
    const failure = add(link, quality);
    if (failure === undefined) onAccept?.(link);
    watch.changed();
    return failure;
  };
  const behave = async (mode: Mode, reply: () => object, carryOut?: () => Failure | undefined): Promise<object> => {
    const refusal = refusalOf(mode);
    if (refusal !== undefined) throw refusal;
    if (mode === "hang") return never();
    if (mode === "slow") await released.promise;
    const failure = carryOut?.();
    if (failure !== undefined) throw failure;
    if (mode === "hang_after_accept") return never();
    if (mode === "crash_after_accept" || mode === "drop_after_accept") {
      server.closes();
      if (mode === "drop_after_accept") await server.opens();
      return never();
    }
    return mode === "huge" ? HUGE_REPLY : reply();
  };
  const methods: Record<string, Method> = {
    SetToQueue: ({ link, max_quality }) =>
      behave(fake.mode, listTasks, () => accept(String(link), Number(max_quality ?? 0))),
    Queue: () => behave(fake.queueMode, listTasks),
    Status: () => behave(fake.statusMode, () => ({ on_work: list.running(), sensors: fake.sensors })),
    DeleteFromQueue: async ({ link }) => {
      drop(String(link));
      return { tasks: list.ownTasks() };
    },
    CleanHistory: async () => {
      list.clean();
      return listTasks();
    },
    Healtheck: async () => ({ message: "ok" }),
  };
  const reserved = host === "127.0.0.1" && options.port === undefined ? reservePort() : undefined;
  const server = createDownloaderServer({
    host,
    port: options.port ?? reserved?.port ?? 0,
    methods,
    mostCalls: options.mostCalls,
    tls: options.tls,
    onCall(call) {
      calls.push(call);
      onCall?.(call);
      watch.changed();
    },
  });

  const fake: FakeDownloader = {
    ...list,
    name,
    host,
    get port() {
      return server.port;
    },
    calls,
    mode: options.mode ?? "ok",
    queueMode: "ok",
    statusMode: "ok",
    sensors: "",
    release() {
      released.resolve();
      released = Promise.withResolvers();
    },
    closes: server.closes,
    opens: server.opens,
    register: (botAddress, overrides) =>
      registerDownloader(botAddress, { name, roots, host, port: server.port, ...overrides }),
    waitFor: (wanted, { what = `a call of "${name}"`, after = 0 } = {}) =>
      watch.until(() => calls.slice(after).find(wanted), { what, seen }),
    accepts: (link) =>
      watch.until(() => list.accepted.includes(link) || undefined, { what: `"${name}" to accept ${link}`, seen }),
    async [Symbol.asyncDispose]() {
      server.closes();
      reserved?.[Symbol.dispose]();
      watch.close();
    },
  };
  const seen = () => `"${name}" has ${JSON.stringify(list.tasks())} and got:\n${calls.map(inWords).join("\n")}`;
  await server.opens();
  return fake;
}

function inWords({ method, request }: DownloaderCall): string {
  return `  ${method} ${JSON.stringify(request)}`;
}
