import type { CommandWords } from "../en/en.ts";

/** Why no downloader can run beside the bot, in Russian. */
export const beside: CommandWords["beside"] = {
  systemd:
    "Под systemd встроенный сервер работает отдельной службой: уберите downloader.dir и downloader.backend (или --with-downloader) и запустите sh install.sh --downloader --dir DIR.",
  tls: "Встроенный сервер рядом с ботом регистрируется без TLS: задайте отдельный адрес в grpc.tls.listen, чтобы на grpc.listen шифрования не было, или уберите downloader.dir.",
  notAllowed: (address) =>
    `Встроенный сервер рядом с ботом регистрируется с адреса ${address}, а grpc.allowed_networks его не пропускает: добавьте туда ${address}${address.includes(":") ? "/128" : "/32"}.`,
};
