/** `dwld-bot add-server`, in English. */
export const addServer = {
  badName: (name: string) => `"${name}" cannot be the name of a server: a name has 1 to 64 printable characters.`,
  badAddress: (address: string) =>
    `--address: found "${address}", expected a host such as bot.example.org, or HOST:PORT.`,
  inConfig: (name: string) =>
    `"${name}" is already in grpc.downloaders in the config. Choose another name, or remove it there and restart the bot.`,
  onlyHere: (listen: string) =>
    `No other machine can reach ${listen}, where servers join. Set grpc.join.listen to 0.0.0.0:9977 and restart the bot, or give the address at which others reach this machine: --address.`,
  anyPort: (listen: string) =>
    `The port of ${listen}, where servers join, changes at every start. Set a port in grpc.join.listen, or give it with --address HOST:PORT.`,
  done: (of: {
    readonly name: string;
    readonly code: string;
    readonly addresses: readonly string[];
    readonly listen: string;
    readonly isRunning: boolean;
  }) => `Run this on the other machine within an hour, in a folder of your choice:

dwld-bot downloader --dir downloads --join ${of.code}

That machine becomes the server "${of.name}". Keep the command secret: it works once, for whoever runs it first.
It looks for the bot at ${of.addresses.join(", ")}; --address gives another one.
The firewall here must let that machine reach ${of.listen}, and the firewall there must let the bot reach port 50051.
${of.isRunning ? "" : "The bot is not running: start it first.\n"}`,
};
