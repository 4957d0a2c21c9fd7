#!/usr/bin/env node
// A complete small downloader for dwld-bot: registers itself, keeps a list, downloads one link after another.
//
//   npm install @grpc/grpc-js @grpc/proto-loader
//   node downloader.mjs --name nas --roots youtube.com,vk.com --bot 192.168.1.2:9999 --listen 0.0.0.0:50051 --folder downloads
//
// The command after `--` is run for each link instead of yt-dlp; {link}, {lines} and {folder} are filled in. A token of the bot
// (grpc.token) goes into DWLD_BOT_TOKEN. Node 20.11 or newer; It needs ../../proto, or another folder named by --proto.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import grpc from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";

const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 11)) {
  process.stderr.write(
    `This needs Node 20.11 or newer, and here it is ${process.versions.node}.
Debian 13 has it (apt install nodejs); for Debian 12, which has 18: https://nodejs.org/en/download or https://deb.nodesource.com
`,
  );
  process.exit(78);
}

const text = (value) => ({ type: "string", default: value });
const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    name: text("example"),
    roots: text("*"),
    bot: text("127.0.0.1:9999"),
    listen: text("127.0.0.1:50051"),
    // The address at which the bot is to call it; 0.0.0.0 means "at the address that I register from".
    host: text("0.0.0.0"),
    folder: text("downloads"),
    proto: text(join(import.meta.dirname, "../../proto")),
  },
});
const YT_DLP = "yt-dlp --newline -S res:{lines} -P {folder} -o %(title)s.%(ext)s -- {link}".split(" ");
const command = positionals.length > 0 ? positionals : YT_DLP;
const MOST_TRIES = 3;
// Long enough for the bot to see why it failed.
const REST_MS = 120_000;
const REGISTER_AGAIN_MS = 3_600_000;
const TRY_AGAIN_MS = 10_000;

const say = (line) => process.stdout.write(`${line}\n`);
const load = (file, service) => loadSync(join(options.proto, file), { keepCase: true, defaults: true })[service];

// ── The list: it outlives the program, and holds a link only once. ──

mkdirSync(options.folder, { recursive: true });
const file = join(options.folder, "list.json");
const tasks = new Map(
  (existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : []).map((task) => [task.link, task]),
);
for (const task of tasks.values()) if (task.status === "WORK") task.status = "NEW";
/** Links whose last try failed a moment ago. */
const resting = new Set();
let running;

function save() {
  writeFileSync(`${file}.new`, JSON.stringify([...tasks.values()]));
  renameSync(`${file}.new`, file);
}

async function workOff() {
  if (running !== undefined) return;
  const task = [...tasks.values()].find(({ link, status }) => status === "NEW" && !resting.has(link));
  if (task === undefined) return;
  task.status = "WORK";
  save();
  const failure = await download(task);
  running = undefined;
  // Unless it was dropped in the meantime.
  if (tasks.get(task.link) === task) ended(task, failure);
  void workOff();
}

function ended(task, failure) {
  say(`${failure ?? "Done"}: ${task.link}`);
  task.status = failure === undefined ? "DONE" : "NEW";
  // The bot tells the owner of a message that begins like this; a link that is no longer listed was lost, and can be sent again with a button.
  task.message = failure === undefined ? undefined : `download failed: ${failure}`;
  task.tries += 1;
  if (failure !== undefined) {
    resting.add(task.link);
    setTimeout(() => {
      resting.delete(task.link);
      if (task.tries >= MOST_TRIES) tasks.delete(task.link);
      save();
      void workOff();
    }, REST_MS);
  }
  save();
}

/** Resolves with undefined if all went well, otherwise with what went wrong. */
function download(task) {
  // A folder of its own for each `[person] folder`; never a way out of ours.
  const folder = join(options.folder, task.user_name.replace(/[/\\:\0]|^\.+/g, "_"));
  mkdirSync(folder, { recursive: true });
  const fill = { link: task.link, lines: String(task.max_quality), folder };
  const [program = "", ...args] = command.map((part) =>
    part.replace(/\{(link|lines|folder)\}/g, (_, name) => fill[name]),
  );
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
  running = { child, task, percentage: 0, filename: "" };
  let lastLine = "";
  createInterface(child.stdout).on("line", (line) => {
    running.percentage = Number(/([\d.]+)%/.exec(line)?.[1] ?? running.percentage);
    running.filename = /Destination: (.+)/.exec(line)?.[1] ?? running.filename;
  });
  createInterface(child.stderr).on("line", (line) => {
    lastLine = line;
  });
  return new Promise((resolve) => {
    child.on("error", ({ code, message }) =>
      resolve(code === "ENOENT" ? `${program} is not installed where the downloader runs` : message),
    );
    child.on("close", (code) => resolve(code === 0 ? undefined : lastLine || `${program} ended with ${code}`));
  });
}

// ── What the bot calls. ──

const refuse = (code, details) => Object.assign(new Error(details), { code, details });
const listed = () => ({
  tasks: [...tasks.values()].map((task) => ({ ...task, max_quality: String(task.max_quality) })),
});

const methods = {
  SetToQueue({ link, user_name, max_quality }) {
    if (!/^https?:\/\//.test(link)) throw refuse(grpc.status.INVALID_ARGUMENT, "No http link");
    if (tasks.has(link)) throw refuse(grpc.status.ALREADY_EXISTS, "The link is already here");
    tasks.set(link, { link, user_name, max_quality: max_quality || 10_000, status: "NEW", tries: 0 });
    save();
    void workOff();
    return listed();
  },
  DeleteFromQueue({ link }) {
    tasks.delete(link);
    if (running?.task.link === link) running.child.kill();
    save();
    return listed();
  },
  CleanHistory() {
    for (const [link, { status }] of tasks) if (status === "DONE") tasks.delete(link);
    save();
    return listed();
  },
  Queue: () => listed(),
  Status() {
    // A dropped link is being stopped.
    if (running === undefined || !tasks.has(running.task.link)) return { on_work: [], sensors: "" };
    const { task, percentage, filename } = running;
    return { on_work: [{ link: task.link, status: task.status, percentage, filename }], sensors: "" };
  },
  Healtheck: () => ({ message: `${tasks.size} links` }),
};

function answering(method) {
  return ({ request }, done) => {
    try {
      done(null, method(request));
    } catch (error) {
      done(error);
    }
  };
}

function stop() {
  running?.child.kill();
  process.exit(0);
}
process.on("SIGTERM", stop);
process.on("SIGINT", stop);

const server = new grpc.Server();
const handlers = Object.fromEntries(Object.entries(methods).map(([name, method]) => [name, answering(method)]));
server.addService(load("downloader.proto", "grpc.v1.Downloader"), handlers);
const port = await new Promise((resolve, reject) => {
  const plaintext = grpc.ServerCredentials.createInsecure();
  server.bindAsync(options.listen, plaintext, (error, bound) => (error ? reject(error) : resolve(bound)));
});
say(`Listening on port ${port}`);
void workOff();

// ── Registering: until the bot has answered once, then every now and then, in case it was set up from scratch. ──

async function register() {
  const { path, requestSerialize, responseDeserialize } = load("bot.proto", "grpc.v1.Bot").RegisterDownloader;
  const request = {
    server_name: options.name,
    allowed_roots: options.roots.split(","),
    server_host: options.host,
    server_port: port,
  };
  const metadata = new grpc.Metadata();
  if (process.env.DWLD_BOT_TOKEN) metadata.set("authorization", `Bearer ${process.env.DWLD_BOT_TOKEN}`);
  const bot = new grpc.Client(options.bot, grpc.credentials.createInsecure());
  const error = await new Promise((resolve) => {
    const until = { deadline: Date.now() + 10_000 };
    bot.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, metadata, until, resolve);
  });
  bot.close();
  say(error ? `The bot does not accept the registration: ${error.details}` : `Registered as ${options.name}`);
  return error === null;
}

for (;;) await sleep((await register()) ? REGISTER_AGAIN_MS : TRY_AGAIN_MS);
