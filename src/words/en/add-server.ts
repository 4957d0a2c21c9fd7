/** `dwld-bot add-server`, in English. */
export const addServer = {
  badName: (name: string) => `"${name}" cannot be the name of a server: that has 1 to 64 printable characters.`,
  badAddress: (address: string) =>
    `--address: found "${address}", expected a host such as bot.example.org, or HOST:PORT.`,
  inConfig: (name: string) =>
    `The config says in grpc.downloaders how "${name}" is called. Take another name, or remove it there and restart the bot.`,
  onlyHere: (listen: string) =>
    `No other machine reaches ${listen}, where servers join. Set grpc.join.listen to 0.0.0.0:9977 and restart the bot, or name the address at which this machine is reached: --address.`,
  anyPort: (listen: string) =>
    `The port of ${listen}, where servers join, changes at every start. Give grpc.join.listen a port, or name it with --address HOST:PORT.`,
  done: (of: {
    readonly name: string;
    readonly code: string;
    readonly addresses: readonly string[];
    readonly listen: string;
    readonly isRunning: boolean;
  }) => `Run this on the other machine within an hour, in a folder of your choice:

dwld-bot downloader --dir downloads --join ${of.code}

That machine becomes the server "${of.name}". Keep the line to yourself: it works once, for whoever is first.
It looks for the bot at ${of.addresses.join(", ")}; --address names another one.
The firewall here has to let that machine in at ${of.listen}, and the firewall there has to let the bot in at port 50051.
${of.isRunning ? "" : "The bot is not running: start it first.\n"}`,
};
