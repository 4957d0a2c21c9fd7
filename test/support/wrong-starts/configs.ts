import { rmSync } from "node:fs";
import { join } from "node:path";
import { type BinaryRig, TOKEN } from "../binary.ts";
import { refusal } from "../bot-api/faults.ts";
import { config, file, folder, telegram, type WrongStart } from "./start.ts";

const CONFIG: readonly WrongStart[] = [
  {
    name: "without a config",
    prepare: (rig) => void rmSync(join(rig.folder, "config.yaml")),
    code: 78,
    en: /No config file.*dwld-bot init writes one/,
    ru: /Файла настроек нет.*Его создаст dwld-bot init/,
  },
  {
    name: "with a config that is not there",
    prepare: () => ({ args: ["--config", "nowhere.yaml"] }),
    code: 78,
    en: /nowhere\.yaml: found no such file[\s\S]*dwld-bot init --output/,
    ru: /nowhere\.yaml — найдено: ничего, такого файла нет[\s\S]*dwld-bot init --output/,
  },
  {
    name: "with a folder for a config",
    prepare: (rig) => ({ args: ["--config", folder(rig, "config")] }),
    code: 78,
    en: /found a folder[\s\S]*Give the file in it/,
    ru: /найдено: папка[\s\S]*Укажите файл в ней/,
  },
  {
    name: "with a config that this user may not read",
    prepare: (rig) => ({ args: ["--config", file(rig, "closed.yaml", "", 0)] }),
    code: 78,
    en: /closed\.yaml: found .*EACCES[\s\S]*or with sudo[\s\S]*chgrp \d+ \S+closed\.yaml/,
    ru: /closed\.yaml — найдено: .*EACCES[\s\S]*через sudo[\s\S]*chgrp \d+ \S+closed\.yaml/,
    forOrdinaryUsers: true,
  },
  {
    name: "with a config that is no text",
    prepare: (rig) => void file(rig, "config.yaml", "\0\0"),
    code: 78,
    en: /found a file that is not text[\s\S]*save the file as UTF-8/,
    ru: /файл, в котором не текст[\s\S]*сохраните файл в UTF-8/,
  },
  {
    name: "with a bracket that is not closed",
    prepare: (rig) => void file(rig, "config.yaml", "telegram:\n  admins: [1\nfolders: []\n"),
    code: 78,
    en: /line 2, column 11: found a \[ that is not closed[\s\S]*Close it with \]/,
    ru: /строка 2, столбец 11 — найдено: \[ без пары[\s\S]*Закройте: \]/,
  },
  {
    name: "with a tab",
    prepare: (rig) => void file(rig, "config.yaml", "telegram:\n\tadmins: [1]\n"),
    code: 78,
    en: /found a tab[\s\S]*Indent with spaces/,
    ru: /найдено: табуляция[\s\S]*отступы пробелами/,
  },
  {
    name: "with a key that is spelt wrongly",
    prepare: (rig) => config(rig, { dispatch: { intervall: "5s" } }),
    code: 78,
    en: /dispatch\.intervall: found an unknown key[\s\S]*Did you mean dispatch\.interval\?/,
    ru: /dispatch\.intervall — найдено: неизвестный ключ[\s\S]*Может быть, dispatch\.interval\?/,
  },
  {
    name: "with a variable that is spelt wrongly",
    prepare: () => ({ env: { DWLD_BOT_DISPACH_DELAY: "1m" } }),
    code: 78,
    en: /DWLD_BOT_DISPACH_DELAY: found an unknown variable[\s\S]*Did you mean DWLD_BOT_DISPATCH_DELAY\?/,
    ru: /DWLD_BOT_DISPACH_DELAY — найдено: неизвестная переменная[\s\S]*Может быть, DWLD_BOT_DISPATCH_DELAY\?/,
  },
  {
    name: "with a duration without a unit",
    prepare: (rig) => config(rig, { dispatch: { interval: 5 as unknown as string } }),
    code: 78,
    en: /dispatch\.interval: found 5[\s\S]*Add a unit: 5s/,
    ru: /dispatch\.interval — найдено: 5[\s\S]*Добавьте единицу: 5s/,
  },
  {
    name: "with a time zone that there is not",
    prepare: (rig) => config(rig, { time_zone: "Mars/Olympus" }),
    code: 78,
    en: /time_zone: found "Mars\/Olympus", expected a time zone such as/,
    ru: /time_zone — найдено: "Mars\/Olympus"; ожидается: часовой пояс/,
  },
  {
    name: "with an option that there is not",
    prepare: () => ({ args: ["--colour"] }),
    code: 64,
    en: /Unknown option --colour.*dwld-bot --help/,
    ru: /--colour.*dwld-bot --help/,
  },
];

/** A token file with something wrong in it. */
function tokenFile(rig: BinaryRig, text: string, mode?: number): undefined {
  file(rig, "token", text, mode);
  return telegram(rig, { token_file: "token" });
}

const TOKENS: readonly WrongStart[] = [
  {
    name: "without a token",
    prepare: (rig) => telegram(rig, {}),
    code: 78,
    en: /telegram\.token: found nothing[\s\S]*Ask @BotFather/,
    ru: /telegram\.token — найдено: пусто[\s\S]*Спросите @BotFather/,
  },
  {
    name: "with any text for a token",
    prepare: (rig) => telegram(rig, { token: "my-bot" }),
    code: 78,
    en: /telegram\.token: found a text of 6 characters[\s\S]*Ask @BotFather/,
    ru: /telegram\.token — найдено: текст, знаков: 6[\s\S]*Спросите @BotFather/,
  },
  {
    name: "with a token's file that is not there",
    prepare: (rig) => telegram(rig, { token_file: "token" }),
    code: 78,
    en: /telegram\.token_file: found .*token, which does not exist[\s\S]*Check the path/,
    ru: /telegram\.token_file — найдено: путь .*token, а такого файла нет[\s\S]*Проверьте путь/,
  },
  {
    name: "with an empty file for a token",
    prepare: (rig) => tokenFile(rig, "\n"),
    code: 78,
    en: /telegram\.token_file: found nothing in the file .*token[\s\S]*Ask @BotFather/,
    ru: /telegram\.token_file — найдено: пусто \(в файле .*token\)[\s\S]*Спросите @BotFather/,
  },
  {
    name: "with a token's file of two lines",
    prepare: (rig) => tokenFile(rig, "bot:\n1:abc\n"),
    code: 78,
    en: /telegram\.token: found a text of \d+ characters in the file .*token[\s\S]*Only a part of this is the token/,
    ru: /telegram\.token — найдено: текст, знаков: \d+ \(в файле .*token\)[\s\S]*Токен — только часть этого/,
  },
  {
    name: "with a token's file that this user may not read",
    prepare: (rig) => tokenFile(rig, TOKEN, 0),
    code: 78,
    en: /telegram\.token_file: found .*EACCES[\s\S]*with sudo/,
    ru: /telegram\.token_file — найдено: .*EACCES[\s\S]*через sudo/,
    forOrdinaryUsers: true,
  },
  {
    name: "with nothing where systemd hands over the token",
    prepare(rig) {
      telegram(rig, {});
      file(rig, "telegram-token", "\n");
      return { env: { CREDENTIALS_DIRECTORY: rig.folder } };
    },
    code: 78,
    en: /telegram\.token: found nothing in the file .*telegram-token[\s\S]*Ask @BotFather/,
    ru: /telegram\.token — найдено: пусто \(в файле .*telegram-token\)[\s\S]*Спросите @BotFather/,
  },
  {
    name: "with a token that Telegram does not know",
    prepare: (rig) => void rig.api.fail("*", refusal(401, "Unauthorized")),
    code: 78,
    en: /Telegram refuses the token: check telegram\.token, and ask @BotFather/,
    ru: /Telegram не принимает токен: проверьте telegram\.token.*@BotFather/,
  },
  {
    name: "with a token that is none to Telegram",
    prepare: (rig) => void rig.api.fail("*", refusal(404, "Not Found")),
    code: 78,
    en: /Telegram refuses the token/,
    ru: /Telegram не принимает токен/,
  },
  {
    name: "without admins",
    prepare: (rig) => telegram(rig, { token: TOKEN, admins: [] }),
    code: 78,
    en: /This bot has no admin[\s\S]*Run dwld-bot pair/,
    ru: /У бота нет ни одного администратора[\s\S]*Выполните dwld-bot pair/,
  },
  {
    name: "with a name for an admin",
    prepare: (rig) => telegram(rig, { token: TOKEN, admins: ["@ann"] }),
    code: 78,
    en: /telegram\.admins\[0\]: found "@ann"[\s\S]*A name is not an id/,
    ru: /telegram\.admins\[0\] — найдено: "@ann"[\s\S]*Имя — не id/,
  },
];

/** Wrong starts because of the config or the token. */
export const WRONG_CONFIGS = [...CONFIG, ...TOKENS];
