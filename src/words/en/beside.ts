/** Why no downloader can run beside the bot, in English. */
export const beside = {
  systemd:
    "Under systemd the downloader is a service of its own: leave out downloader.dir and run sh install.sh --downloader --dir DIR.",
  tls: "The built-in downloader cannot register over TLS yet: leave out downloader.dir, or grpc.tls.",
};
