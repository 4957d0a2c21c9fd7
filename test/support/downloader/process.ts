import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { startDownloader } from "../downloader.ts";
import type { Mode } from "./mode.ts";

/** What the process prints, one JSON value a line. */
export type DownloaderEvent =
  | { readonly event: "listening"; readonly port: number }
  | { readonly event: "call"; readonly method: string; readonly request: Readonly<Record<string, unknown>> }
  | { readonly event: "accepted"; readonly link: string }
  /** A command was carried out. */
  | { readonly event: "obeyed"; readonly command: Command };

/** What it reads on stdin, one JSON value a line; the process ends when stdin does. */
export type Command =
  | { readonly mode: Mode }
  | { readonly queueMode: Mode }
  | { readonly finish: string }
  | { readonly forget: string }
  | { readonly release: true };

/** The links that a downloader with that file has accepted. */
export function linksIn(file: string): readonly string[] {
  return existsSync(file) ? readFileSync(file, "utf8").split("\n").filter(Boolean) : [];
}

function print(event: DownloaderEvent): void {
  process.stdout.write(`${JSON.stringify(event)}\n`);
}

async function runAsProcess(): Promise<void> {
  const text = { type: "string" } as const;
  const { values } = parseArgs({ options: { name: text, file: text, port: text, mode: text } });
  const { name = "downloader", file = "accepted.txt", port = "0", mode = '"ok"' } = values;
  await using downloader = await startDownloader({
    name,
    mode: JSON.parse(mode),
    port: Number(port),
    links: linksIn(file),
    onAccept(link) {
      appendFileSync(file, `${link}\n`, { flush: true });
      print({ event: "accepted", link });
    },
    onCall: ({ method, request }) => print({ event: "call", method, request }),
  });
  print({ event: "listening", port: downloader.port });
  for await (const line of createInterface({ input: process.stdin })) {
    const command: Command = JSON.parse(line);
    if ("mode" in command) downloader.mode = command.mode;
    else if ("queueMode" in command) downloader.queueMode = command.queueMode;
    else if ("finish" in command) downloader.finish(command.finish);
    else if ("forget" in command) downloader.forget(command.forget);
    else downloader.release();
    print({ event: "obeyed", command });
  }
}

if (import.meta.main) await runAsProcess();
