import { connect } from "node:http2";
import { connect as dial } from "node:net";

// A client of the bot at this port, from this address of the machine, which answers pings as long as it is not stopped.
const [, , port, localAddress] = process.argv;
const session = connect(`http://127.0.0.1:${port}`, {
  createConnection: () => dial({ port: Number(port), host: "127.0.0.1", localAddress }),
});
session.on("remoteSettings", () => process.stdout.write("connected\n"));
session.on("error", () => process.exit(1));
