import type { CommandWords } from "../en/en.ts";

/** Why no downloader can run beside the bot, in Russian. */
export const beside: CommandWords["beside"] = {
  systemd:
    "Под systemd встроенный сервер работает отдельной службой: уберите downloader.dir (или --with-downloader) и запустите sh install.sh --downloader --dir DIR.",
  tls: "Встроенный сервер рядом с ботом регистрируется без TLS: задайте отдельный адрес в grpc.tls.listen, чтобы на grpc.listen шифрования не было, или уберите downloader.dir.",
};
