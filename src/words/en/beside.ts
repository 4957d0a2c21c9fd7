/** Why no downloader can run beside the bot, in English. */
export const beside = {
  systemd:
    "Under systemd the built-in server is a separate service: leave out downloader.dir and downloader.backend (or --with-downloader) and run sh install.sh --downloader --dir DIR.",
  tls: "The built-in server beside the bot registers without TLS: set grpc.tls.listen, so that grpc.listen stays without TLS, or leave out downloader.dir.",
  /** `address`: of this machine. */
  notAllowed: (address: string) =>
    `The built-in server beside the bot registers from ${address}, which is not in grpc.allowed_networks: add ${address}${address.includes(":") ? "/128" : "/32"} there.`,
};
