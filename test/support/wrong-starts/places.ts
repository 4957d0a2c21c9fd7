import { Database } from "bun:sqlite";
import { readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import type { BinaryRig } from "../binary.ts";
import { another, config, file, folder, type WrongStart } from "./start.ts";

/** If everybody may listen on every port, as in many containers, none is forbidden. */
const ARE_LOW_PORTS_CLOSED = Number(readFileSync("/proc/sys/net/ipv4/ip_unprivileged_port_start", "utf8")) > 80;

const stored = (path: string) => ({ env: { DWLD_BOT_STORE_PATH: path } });
const downloader = (...args: string[]) => ({ args: ["downloader", "--name", "nas", ...args] });

/** A separate instance beside the one that has an address. */
async function besideAnother(
  rig: BinaryRig,
  variables: (at: { grpc: string; http: string }) => Record<string, string>,
) {
  return { env: { DWLD_BOT_STORE_PATH: "other.db", ...variables(await another(rig)) } };
}

/** What is said about another user's folder. */
const OF_ANOTHER_USER = {
  code: 78,
  en: /cannot be used: EACCES\. Give its directory to the user that runs the bot/,
  ru: /недоступна: EACCES\. Отдайте её папку пользователю, от имени которого работает бот/,
  forOrdinaryUsers: true,
} as const;

const PORTS: readonly WrongStart[] = [
  {
    name: "while another program has the port for servers",
    prepare: (rig) => besideAnother(rig, ({ grpc }) => ({ DWLD_BOT_GRPC_LISTEN: grpc })),
    code: 75,
    en: /Cannot listen for downloaders on 127\.0\.0\.1:\d+: port \d+ is taken by .+ \(pid \d+\) .*change grpc\.listen/,
    ru: /Не удаётся открыть адрес для серверов 127\.0\.0\.1:\d+: порт \d+ занят программой .+ \(pid \d+\).*смените grpc\.listen/,
  },
  {
    name: "while another program has the port for links",
    prepare: (rig) => besideAnother(rig, ({ http }) => ({ DWLD_BOT_HTTP_LISTEN: http, DWLD_BOT_HTTP_TOKEN: "sesame" })),
    code: 75,
    en: /Cannot listen for HTTP on 127\.0\.0\.1:\d+: port \d+ is taken by .*change http\.listen/,
    ru: /Не удаётся открыть адрес для HTTP 127\.0\.0\.1:\d+: порт \d+ занят .*смените http\.listen/,
  },
  {
    name: "on an address that this machine has not yet",
    prepare: () => ({ env: { DWLD_BOT_GRPC_LISTEN: "10.255.255.1:9999" } }),
    code: 75,
    en: /this machine has no address 10\.255\.255\.1 now.*change grpc\.listen/,
    ru: /у этой машины сейчас нет адреса 10\.255\.255\.1.*смените grpc\.listen/,
  },
  {
    name: "on a port of root's",
    prepare: () => ({ env: { DWLD_BOT_GRPC_LISTEN: "127.0.0.1:80" } }),
    code: 78,
    en: /port 80 is not open to this user.*Choose a higher one for grpc\.listen/,
    ru: /порт 80 закрыт для этого пользователя.*Укажите в grpc\.listen больший/,
    forOrdinaryUsers: true,
  },
  {
    name: "open to all the world",
    prepare: (rig) => config(rig, { grpc: { listen: "0.0.0.0:9999" } }),
    code: 78,
    en: /grpc\.listen: found .*expected a loopback or private address[\s\S]*set grpc\.token or grpc\.allowed_networks/,
    ru: /grpc\.listen — найдено: .*локальный или частный адрес[\s\S]*задайте grpc\.token или grpc\.allowed_networks/,
  },
  {
    name: "on something that is no address",
    prepare: (rig) => config(rig, { grpc: { listen: "nowhere" } }),
    code: 78,
    en: /grpc\.listen: found "nowhere", expected an address with a port/,
    ru: /grpc\.listen — найдено: "nowhere"; ожидается: адрес с портом/,
  },
  {
    name: "with two servers on one port",
    prepare: (rig) =>
      config(rig, { grpc: { listen: "127.0.0.1:9999" }, http: { listen: "0.0.0.0:9999", token: "sesame" } }),
    code: 78,
    en: /http\.listen: found 0\.0\.0\.0:9999, expected a separate port/,
    ru: /http\.listen — найдено: 0\.0\.0\.0:9999; ожидается: свой порт/,
  },
  {
    name: "of a downloader while another program has its port",
    prepare: async (rig) => downloader("--dir", "files", "--listen", (await another(rig)).grpc),
    code: 75,
    en: /Cannot listen for the bot on 127\.0\.0\.1:\d+: port \d+ is taken by .*change --listen/,
    ru: /Не удаётся открыть адрес для бота 127\.0\.0\.1:\d+: порт \d+ занят .*смените --listen/,
  },
  {
    name: "with a certificate that is not there",
    prepare: (rig) => config(rig, { grpc: { listen: "127.0.0.1:0", tls: { cert: "no.pem", key: "no.key" } } }),
    code: 78,
    en: /The gRPC server cannot use TLS:[\s\S]*grpc\.tls\.cert: found .*no\.pem.*expected a certificate/,
    ru: /gRPC-сервер не сможет работать по TLS:[\s\S]*grpc\.tls\.cert — найдено: .*no\.pem.*ожидается: сертификат/,
  },
  {
    name: "with something else for an authority",
    prepare(rig) {
      const ca = file(rig, "ca.pem", "not a certificate");
      return config(rig, { grpc: { listen: "127.0.0.1:0", downloaders: [{ name: "nas", ca }] } });
    },
    code: 78,
    en: /Servers cannot be called over TLS:[\s\S]*grpc\.downloaders\[0\]\.ca: found .*which contains something else[\s\S]*BEGIN CERTIFICATE/,
    ru: /Серверы не получится вызывать по TLS:[\s\S]*grpc\.downloaders\[0\]\.ca — найдено: .*что-то другое[\s\S]*BEGIN CERTIFICATE/,
  },
];

const FOLDERS: readonly WrongStart[] = [
  {
    name: "with a folder for a database",
    prepare: (rig) => stored(rig.folder),
    code: 78,
    en: /store\.path is a folder: give a file in it/,
    ru: /store\.path — папка: укажите файл в ней/,
  },
  {
    name: "with a file where the database's folder should be",
    prepare: (rig) => stored(join(file(rig, "file", ""), "dwld-bot.db")),
    code: 78,
    en: /cannot be used: E\w+\. Check store\.path/,
    ru: /недоступна: E\w+\. Проверьте store\.path/,
  },
  {
    name: "with a folder that this user may not write to",
    prepare: (rig) => stored(join(folder(rig, "closed", 0o500), "inner/dwld-bot.db")),
    ...OF_ANOTHER_USER,
  },
  {
    name: "with a folder there that this user may not write to, as root's that a container is given",
    prepare: (rig) => stored(join(folder(rig, "closed", 0o500), "dwld-bot.db")),
    ...OF_ANOTHER_USER,
  },
  {
    name: "with a database of a newer version",
    prepare(rig) {
      using database = new Database(join(rig.folder, "dwld-bot.db"), { create: true });
      database.run("PRAGMA user_version = 9999");
      return undefined;
    },
    code: 78,
    en: /was written by a newer dwld-bot\. Install that version again, or restore a backup made by this one, from the folder backups beside it/,
    ru: /база от более новой версии dwld-bot\. Верните ту версию или восстановите копию, сделанную этой: копии лежат рядом, в папке backups/,
  },
  {
    name: "while another instance has the database",
    prepare: (rig) => another(rig).then(() => undefined),
    code: 75,
    en: /Another dwld-bot already runs on .*Stop it first, or give this one its own store\.path/,
    ru: /С базой .* уже работает другой dwld-bot\. Остановите его или дайте этому свой store\.path/,
  },
  {
    name: "with a downloader beside it under systemd",
    prepare: (rig) => ({ args: ["--with-downloader", "files"], env: { NOTIFY_SOCKET: join(rig.folder, "none") } }),
    code: 78,
    en: /Under systemd the built-in server is a separate service.*--with-downloader.*install\.sh --downloader/,
    ru: /systemd.*install\.sh --downloader/,
  },
  {
    name: "of a downloader without a folder",
    prepare: () => downloader(),
    code: 64,
    en: /--dir is missing: the folder for the files, such as --dir downloads/,
    ru: /не указан --dir: папка для файлов, например --dir downloads/,
  },
  {
    name: "of a downloader with a token's file of two lines",
    prepare: (rig) => downloader("--dir", "files", "--token-file", file(rig, "token", "grpc:\nsesame\n")),
    code: 64,
    en: /--token-file: found ".*token", expected .*one line without spaces/,
    ru: /--token-file: указано «.*token», нужно: .*одна строка без пробелов/,
  },
  {
    name: "of a downloader that systemd hands something else than a token",
    prepare(rig) {
      file(rig, "grpc-token", "grpc: sesame\n");
      return { ...downloader("--dir", "files", "--listen", "127.0.0.1:0"), env: { CREDENTIALS_DIRECTORY: rig.folder } };
    },
    code: 78,
    en: /grpc-token: found a text of 12 characters in the file .*grpc-token, expected a token on one line\. Write the token there and nothing else/,
    ru: /grpc-token — найдено: текст, знаков: 12 \(в файле .*grpc-token\); ожидается: токен в одну строку\. Запишите туда только токен/,
  },
  {
    name: "of a downloader with a folder that it may not write to",
    prepare: (rig) => downloader("--dir", folder(rig, "closed", 0o500), "--listen", "127.0.0.1:0"),
    code: 78,
    en: /Cannot write in .*closed: EACCES\. .*may the user that runs this write there and enter .*\(chown, chmod; for a container on the host\)/,
    ru: /Не удаётся писать в .*closed: EACCES\. .*может ли пользователь.*писать туда.*\(chown, chmod; для контейнера — на хосте\)/,
    forOrdinaryUsers: true,
  },
  {
    name: "of a downloader with a folder on a disk that is not mounted",
    prepare(rig) {
      symlinkSync("/nowhere/films", join(rig.folder, "films"));
      return downloader("--dir", "films", "--listen", "127.0.0.1:0");
    },
    code: 78,
    en: /Cannot write in .*films, a symbolic link to \/nowhere\/films: ENOENT\./,
    ru: /Не удаётся писать в .*films \(символическая ссылка на \/nowhere\/films\): ENOENT\./,
  },
  {
    name: "of a downloader on a disk that takes nothing",
    prepare: () => ({ ...downloader("--dir", "files", "--listen", "127.0.0.1:0"), isDiskFull: true }),
    code: 75,
    en: /Cannot write in .*files: SQLITE_\w+\. Is there room on the disk/,
    ru: /Не удаётся писать в .*files: SQLITE_\w+\. Есть ли место на диске/,
  },
];

/** Wrong starts because of ports, certificates, folders or the disk. */
export const WRONG_PLACES = [...PORTS, ...FOLDERS].filter(({ name }) => ARE_LOW_PORTS_CLOSED || !/root's/.test(name));
