import type { CommandWords } from "../en/en.ts";

/** Why no downloader can run beside the bot, in Russian. */
export const beside: CommandWords["beside"] = {
  systemd:
    "Под systemd сервер загрузки работает отдельной службой: уберите downloader.dir и запустите sh install.sh --downloader --dir DIR.",
  tls: "Встроенный сервер рядом с ботом регистрируется без TLS: задайте grpc.tls.listen, тогда на grpc.listen шифрования не будет, или уберите downloader.dir.",
};
