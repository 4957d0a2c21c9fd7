/** Why no downloader can run beside the bot, in English. */
export const beside = {
  systemd:
    "Under systemd the built-in server is a service of its own: leave out downloader.dir and downloader.backend (or --with-downloader) and run sh install.sh --downloader --dir DIR.",
  tls: "The built-in server beside the bot registers without TLS: set grpc.tls.listen, so that grpc.listen stays plain, or leave out downloader.dir.",
  /** `address`: of this machine. */
  notAllowed: (address: string) =>
    `The built-in server beside the bot registers from ${address}, which grpc.allowed_networks keeps out: add ${address}${address.includes(":") ? "/128" : "/32"} there.`,
};
