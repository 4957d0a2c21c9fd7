import { Database } from "bun:sqlite";
import { mkdirSync, readdirSync, statSync, watch } from "node:fs";
import { join, relative } from "node:path";
import { languageOf } from "../../src/words/words.ts";
import { ADMIN, type BinaryRig, createBinaryRig, USERS } from "../support/binary.ts";
import { startFileServer } from "../support/file-server.ts";
import { reservePort } from "../support/reserved-port.ts";
import { createService, type Service } from "./service.ts";
import type { Act, Answer, SizedFile, State } from "./state.ts";

const MAIN = join(import.meta.dir, "../../src/main.ts");
const PEOPLE = [
  { role: "admin", speaks: "en", id: ADMIN, username: "ann", names: { en: "Ann", ru: "Аня" }, isKnown: true },
  { role: "user", speaks: "ru", id: USERS[0], username: "boris", names: { en: "Boris", ru: "Борис" }, isKnown: true },
  { role: "stranger", speaks: "en", id: 5, username: "kim", names: { en: "Kim", ru: "Ким" }, isKnown: false },
] as const;
const SERVERS = ["home", "attic"];
const FILM = "film.mkv";
const SAMPLES = [
  { name: "trailer.mp4", type: "video/mp4", bytes: 12 * 2 ** 20 },
  { name: "song.flac", type: "audio/flac", bytes: 30 * 2 ** 20 },
  { name: FILM, type: "video/x-matroska", bytes: 90 * 2 ** 20 },
] as const;

/** The bot, two servers and three people, all on this machine, to play with. */
export interface World extends AsyncDisposable {
  state(): State;
  /** Resolves when it is done; throws if it cannot be done. */
  act(act: Act): Promise<Answer>;
  /** Lets the second half of the film come. */
  goOn(): void;
}

export interface WorldOptions {
  /** For each download, as in `dwld-bot downloader --rate`. */
  readonly rate?: string;
  /** The time for choosing. */
  readonly delay?: string;
  /** The language of all people; by default they differ. */
  readonly language?: "en" | "ru";
  /** Only half of the film comes until `goOn`. */
  readonly waits?: boolean;
  /** Called when the state may have changed. */
  readonly changed: () => void;
}

/** Starts everything; the bot and its servers are separate processes, and need a moment until they know each other. */
export async function startWorld(options: WorldOptions): Promise<World> {
  const { rate = "2M", delay = "20s", waits = false, changed } = options;
  await using started = new AsyncDisposableStack();
  const site = started.use(await startFileServer());
  const bytes = Buffer.alloc(Math.max(...SAMPLES.map((sample) => sample.bytes)), "dwld-bot ");
  const serve = ({ name, type, bytes: size }: (typeof SAMPLES)[number], options: { waitsAfter?: number } = {}) =>
    site.serves(`/${name}`, { bytes: bytes.subarray(0, size), type, etag: `"${name}"`, ...options });
  for (const sample of SAMPLES) serve(sample, waits && sample.name === FILM ? { waitsAfter: sample.bytes / 2 } : {});
  // The servers look for the bot at the address that it had before it was killed.
  const port = started.use(reservePort()).port;
  const rig = started.use(createBinaryRig({ ...botOf(port, delay), onApiCall: changed }));
  const folder = join(rig.folder, "files");
  mkdirSync(folder);
  // The bot may have nothing to say about a file for a while.
  started.adopt(watch(folder, { recursive: true }, changed), (watched) => watched.close());
  const cast = PEOPLE.map(({ speaks, names, ...person }) => {
    const language = options.language ?? speaks;
    return { ...person, language, name: names[language] };
  });
  const people = cast.map(({ id, username, name, language, isKnown }) =>
    rig.api.user({ id, username, firstName: name, languageCode: language, started: isKnown }),
  );
  let starts = 0;
  const bot = started.use(
    createService(() => {
      starts += 1;
      return rig.spawn(options.language && { DWLD_BOT_TELEGRAM_LANGUAGE: options.language });
    }, changed),
  );
  bot.on();
  const servers = new Map<string, Service>();
  for (const name of SERVERS) {
    const flags = serverFlags({ name, port, rate, dir: join(folder, name) });
    const server = started.use(createService(() => rig.spawn({}, flags), changed));
    server.on();
    servers.set(name, server);
  }
  let telegram = true;
  let lock: Database | undefined;
  started.defer(() => lock?.close());
  const everything = started.move();

  const personOf = (id: number) => found(people.find((person) => person.id === id));
  return {
    state: () => ({
      seats: cast.map(({ id, name, role, language }) => ({
        id,
        name,
        role,
        language,
        commands:
          [`chat:${id}`, "default"]
            .flatMap((scope) => [rig.api.commands(scope, language), rig.api.commands(scope)])
            .find((commands) => commands.length > 0) ?? [],
        messages: rig.api.messages(id),
        deleted: rig.api.deleted.filter(({ chatId }) => chatId === id).length,
      })),
      bot: { runs: bot.life !== undefined, starts },
      telegram,
      database: lock === undefined,
      servers: [...servers].map(([name, { isOn }]) => ({ name, isOn })),
      samples: SAMPLES.map(({ name, bytes }) => ({ path: `${site.root}/${name}`, bytes })),
      folder,
      files: filesIn(folder),
    }),
    async act(act) {
      switch (act.act) {
        case "write": {
          const { text, replyTo } = act;
          personOf(act.person).sends(startOf(text, rig) ?? text, replyTo === undefined ? {} : { replyTo });
          break;
        }
        case "press": {
          changed();
          return { text: (await personOf(act.person).presses(act.message, act.button)).text };
        }
        case "switch": {
          if (act.what === "telegram") {
            if (telegram !== act.on) await (act.on ? rig.api.reopens() : rig.api.closes());
            telegram = act.on;
          } else if (act.on) {
            lock?.close();
            lock = undefined;
          } else lock ??= lockedDatabase(join(rig.folder, "dwld-bot.db"));
          break;
        }
        case "server": {
          const server = found(servers.get(act.name));
          if (act.on) server.on();
          else await server.off();
          break;
        }
        case "kill":
          await bot.life?.kill();
      }
      changed();
      return { text: "" };
    },
    goOn() {
      for (const sample of SAMPLES) serve(sample);
      site.goOn();
    },
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  };
}

function botOf(port: number, delay: string) {
  return {
    command: [process.execPath, "--no-orphans", MAIN],
    config: {
      time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      dispatch: { interval: "500ms", delay, deadline: "5s", backoff: { first: "2s", cap: "20s" } },
      folders: ["films", "music"],
      links: { allow_private: true },
      grpc: { listen: `127.0.0.1:${port}` },
      log: { level: "info", format: "json" },
    },
  };
}

/** It only takes links to this machine, so that nothing that is typed reaches the Internet. */
function serverFlags({ name, port, rate, dir }: { name: string; port: number; rate: string; dir: string }): string[] {
  const flags = {
    name,
    dir,
    rate,
    roots: "127.0.0.1",
    bot: `127.0.0.1:${port}`,
    listen: "127.0.0.1:0",
    "min-free": "0",
    language: languageOf(process.env),
  };
  return ["downloader", ...Object.entries(flags).flatMap(([flag, value]) => [`--${flag}`, value]), "--allow-private"];
}

/** The link of an invitation, as Telegram opens it: as a command in the bot's chat. */
function startOf(text: string, { api }: BinaryRig): string | undefined {
  const url = URL.parse(text);
  const code = url?.host === "t.me" && url.pathname === `/${api.bot.username}` ? url.searchParams.get("start") : null;
  return code === null ? undefined : `/start ${code}`;
}

function lockedDatabase(path: string): Database {
  const database = new Database(path);
  database.run("pragma busy_timeout = 5000");
  database.run("begin immediate");
  return database;
}

/** Without the server's own files. */
function filesIn(folder: string): SizedFile[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .map((entry) => ({ entry, path: relative(folder, join(entry.parentPath, entry.name)) }))
    .filter(({ entry, path }) => entry.isFile() && !path.includes(".dwld-bot"))
    .map(({ path }) => ({ path, bytes: statSync(join(folder, path), { throwIfNoEntry: false })?.size ?? 0 }))
    .sort((a, b) => a.path.localeCompare(b.path));
}

function found<T>(wanted: T | undefined): T {
  if (wanted === undefined) throw new Error("There is nobody of that name");
  return wanted;
}
