import type { BinaryRig } from "../binary.ts";
import { config, file, type WrongStart } from "./start.ts";

const TWO_LINES = "the key of aria2:\nsesame\n";

const written = (rig: BinaryRig, backend: object | string) => config(rig, { downloader: { backend } });
const before = (...options: string[]) => ({
  args: ["downloader", "--name", "nas", "--dir", "files", "--listen", "127.0.0.1:0", ...options],
});

const IN_CONFIG: readonly WrongStart[] = [
  {
    name: "before a program that there is not",
    prepare: (rig) => written(rig, { kind: "aria" }),
    code: 78,
    en: /downloader\.backend\.kind: found "aria", expected one of auto, aria2, qbittorrent, transmission, metube, ytptube/,
    ru: /downloader\.backend\.kind — найдено: "aria"; ожидается: одно из: auto, aria2, qbittorrent, transmission, metube, ytptube/,
  },
  {
    name: "with the name alone of a program",
    prepare: (rig) => written(rig, "aria2"),
    code: 78,
    en: /downloader\.backend: found a text .*expected a mapping of kind, url,/,
    ru: /downloader\.backend — найдено: текст.*ожидается: набор ключей: kind, url,/,
  },
  {
    name: "with the address of a program that is not named",
    prepare: (rig) => written(rig, { url: "http://127.0.0.1:6800/jsonrpc" }),
    code: 78,
    en: /downloader\.backend\.url: found .*expected nothing while downloader\.backend\.kind is auto: set the program there/,
    ru: /downloader\.backend\.url — найдено: .*пока в downloader\.backend\.kind стоит auto: укажите там программу/,
  },
  {
    name: "with something else for a program's address",
    prepare: (rig) => written(rig, { kind: "aria2", url: "ftp://ann:sesame@nas" }),
    code: 78,
    en: /downloader\.backend\.url: found a text of 20 characters, expected an address such as http:.*without a name or password/,
    ru: /downloader\.backend\.url — найдено: текст, знаков: 20; ожидается: адрес без имени и пароля, например http:/,
  },
  {
    name: "with a setting that a program has not",
    prepare: (rig) => written(rig, { kind: "metube", options: ["colour=red"] }),
    code: 78,
    en: /options\[0\]: found "colour=red", expected a setting of metube: format=…/,
    ru: /options\[0\] — найдено: "colour=red"; ожидается: то, что есть у metube: format=…/,
  },
  {
    name: "with a program's secret in a file that is not there",
    prepare: (rig) => written(rig, { kind: "aria2", secret_file: "none" }),
    code: 78,
    en: /downloader\.backend\.secret_file: found .*none, which does not exist[\s\S]*Check the path/,
    ru: /downloader\.backend\.secret_file — найдено: .*none, а такого файла нет[\s\S]*Проверьте путь/,
  },
  {
    name: "with a program's secret in an empty file",
    prepare: (rig) => written(rig, { kind: "aria2", secret_file: file(rig, "empty", "\n") }),
    code: 78,
    en: /downloader\.backend\.secret_file: found nothing in the file .*empty, expected the program's password or key/,
    ru: /downloader\.backend\.secret_file — найдено: пусто \(в файле .*empty\); ожидается: пароль или ключ программы/,
  },
  {
    name: "with two lines for a program's secret",
    prepare: (rig) => written(rig, { kind: "aria2", secret_file: file(rig, "secret", TWO_LINES) }),
    code: 78,
    en: /downloader\.backend\.secret: found a text of \d+ characters in the file .*secret[\s\S]*There is a line break/,
    ru: /downloader\.backend\.secret — найдено: текст, знаков: \d+ \(в файле .*secret\)[\s\S]*Внутри перевод строки/,
  },
  {
    name: "before a program under systemd",
    prepare(rig) {
      written(rig, { kind: "aria2" });
      return { env: { NOTIFY_SOCKET: `${rig.folder}/none` } };
    },
    code: 78,
    en: /leave out downloader\.dir and downloader\.backend .*install\.sh --downloader/,
    ru: /уберите downloader\.dir и downloader\.backend .*install\.sh --downloader/,
  },
];

const AS_OPTIONS: readonly WrongStart[] = [
  {
    name: "of a downloader before a program that there is not",
    prepare: () => before("--backend", "aria"),
    code: 64,
    en: /--backend: found "aria", expected auto, aria2, qbittorrent, transmission, metube, ytptube/,
    ru: /--backend: указано «aria», нужно: auto, aria2, qbittorrent, transmission, metube, ytptube/,
  },
  {
    name: "of a downloader with the address of a program that is not named",
    prepare: () => before("--backend-url", "http://127.0.0.1:1/"),
    code: 64,
    en: /--backend-url: found .*expected --backend as well/,
    ru: /--backend-url: указано .*нужно: указать и --backend/,
  },
  {
    name: "of a downloader with something else for a program's address",
    prepare: () => before("--backend", "aria2", "--backend-url", "nowhere"),
    code: 64,
    en: /--backend-url: found "nowhere", expected an address .*such as http:/,
    ru: /--backend-url: указано «nowhere», нужно: адрес .*например http:/,
  },
  {
    name: "of a downloader with a setting that a program has not",
    prepare: () => before("--backend", "metube", "--backend-option", "colour=red"),
    code: 64,
    en: /--backend-option: found "colour=red", expected format=…/,
    ru: /--backend-option: указано «colour=red», нужно: format=…/,
  },
  {
    name: "of a downloader with two lines for a program's secret",
    prepare: (rig) => before("--backend", "aria2", "--backend-secret-file", file(rig, "secret", TWO_LINES)),
    code: 64,
    en: /--backend-secret-file: found ".*secret", expected a file with the password or key on one line/,
    ru: /--backend-secret-file: указано «.*secret», нужно: файл, в котором пароль или ключ записан одной строкой/,
  },
  {
    name: "of a downloader that systemd hands two lines for a program's secret",
    prepare(rig) {
      file(rig, "backend-secret", TWO_LINES);
      return { ...before("--backend", "aria2"), env: { CREDENTIALS_DIRECTORY: rig.folder } };
    },
    code: 78,
    en: /backend-secret: found a text of \d+ characters in the file .*backend-secret, expected the program's password or key on one line\. There is a line break/,
    ru: /backend-secret — найдено: текст, знаков: \d+ \(в файле .*backend-secret\); ожидается: пароль или ключ программы в одну строку\. Внутри перевод строки/,
  },
];

/** Wrong starts with programs that download. */
export const WRONG_BACK_ENDS = [...IN_CONFIG, ...AS_OPTIONS];
