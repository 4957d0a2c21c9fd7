import { createServer, type Socket } from "node:net";

/** A site that serves one file over FTP to anybody, as far as a client needs that only fetches (RFC 959, RFC 2428). */
export async function startFtpServer(path: string, bytes: Buffer) {
  /** The commands that it was sent, in order. */
  const commands: string[] = [];
  const sockets = new Set<Socket>();
  const held = (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy()).on("close", () => sockets.delete(socket));
  };
  /** Resolves with a port that waits for one connection, and with that connection. */
  async function opening() {
    const { promise: connection, resolve } = Promise.withResolvers<Socket>();
    const server = createServer((socket) => {
      held(socket);
      server.close();
      resolve(socket);
    });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    return { port: (server.address() as { port: number }).port, connection };
  }

  const control = createServer((socket) => {
    held(socket);
    let folder = "/";
    let from = 0;
    let data: Promise<Socket> | undefined;
    const say = (line: string) => void socket.write(`${line}\r\n`);
    async function obey(line: string): Promise<void> {
      const [command = "", ...words] = line.split(" ");
      const named = words.join(" ");
      const isThere = (named.startsWith("/") ? named : `${folder}/${named}`.replace(/\/+/g, "/")) === path;
      commands.push(command);
      if (command === "USER") say("331 Who are you?");
      else if (command === "PASS") say("230 Come in");
      else if (command === "TYPE") say("200 Bytes it is");
      else if (command === "PWD") say(`257 "${folder}"`);
      else if (command === "CWD") {
        folder = named.startsWith("/") ? named : `${folder}/${named}`.replace(/\/+/g, "/");
        say("250 There");
      } else if (command === "SIZE") say(isThere ? `213 ${bytes.length}` : "550 No such file");
      else if (command === "REST") {
        from = Number(named);
        say("350 From there");
      } else if (command === "EPSV" || command === "PASV") {
        const { port, connection } = await opening();
        data = connection;
        if (command === "EPSV") say(`229 Entering (|||${port}|)`);
        else say(`227 Entering (127,0,0,1,${port >> 8},${port & 255})`);
      } else if (command === "RETR" && isThere) {
        say("150 Here it comes");
        const connection = await data;
        await new Promise<void>((sent) => connection?.end(bytes.subarray(from), () => sent()));
        say("226 All of it");
      } else if (command === "RETR") say("550 No such file");
      else if (command === "QUIT") socket.end("221 Bye\r\n");
      else say("502 Not here");
    }
    say("220 Hello");
    let rest = "";
    let done = Promise.resolve();
    socket.on("data", (chunk) => {
      const lines = `${rest}${chunk}`.split("\r\n");
      rest = lines.pop() ?? "";
      for (const line of lines) done = done.then(() => obey(line));
    });
  });
  await new Promise<void>((listening) => control.listen(0, "127.0.0.1", listening));
  const { port } = control.address() as { port: number };
  return {
    root: `ftp://127.0.0.1:${port}`,
    commands,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((closed) => control.close(() => closed()));
    },
  };
}
