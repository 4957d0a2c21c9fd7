import { join } from "node:path";
import { Client, type ClientOptions, credentials, Metadata, type ServiceDefinition } from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { WAIT_LIMIT_MS } from "../patience.ts";

const PROTO = join(import.meta.dir, "../../../proto");

/** wire.md §1.2: `Task`. */
export interface Task {
  link: string;
  status: string;
  max_quality: string;
  name?: string;
  message?: string;
}

/** wire.md §1.2: `OnWork`. */
export interface OnWork {
  link: string;
  filename: string;
  move_to: string;
  target_quality: number;
  percentage: number;
  status: string;
  current_size: number;
  total_size: number;
  message: string;
}

/** What a downloader says when it registers. */
export interface SelfDescription {
  readonly name: string;
  readonly roots: readonly string[];
  readonly host: string;
  readonly port: number;
  /** The Go downloader sends none. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** A contract as grpc-js wants it, read from the repository's own .proto without the bot's code. */
export function serviceOf(file: string, name: string): ServiceDefinition {
  const definition = loadSync(join(PROTO, file), { keepCase: true, longs: Number, defaults: true });
  return definition[name] as ServiceDefinition;
}

/** Calls RegisterDownloader as the Go downloader does; rejects with the bot's ServiceError, or after 5 s. */
export async function registerDownloader(
  botAddress: string,
  { name, roots, host, port, metadata = {} }: SelfDescription,
  channel: { credentials?: ReturnType<typeof credentials.createInsecure>; options?: ClientOptions } = {},
): Promise<void> {
  const method = serviceOf("bot.proto", "grpc.v1.Bot").RegisterDownloader;
  if (method === undefined) throw new Error("bot.proto has no RegisterDownloader");
  const sent = new Metadata();
  for (const [key, value] of Object.entries(metadata)) sent.set(key, value);
  const request = { server_name: name, allowed_roots: roots, server_host: host, server_port: port };
  const client = new Client(botAddress, channel.credentials ?? credentials.createInsecure(), channel.options);
  try {
    await new Promise<void>((resolve, reject) => {
      const done = (error: Error | null) => (error === null ? resolve() : reject(error));
      const deadline = Date.now() + WAIT_LIMIT_MS;
      const { path, requestSerialize, responseDeserialize } = method;
      client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, sent, { deadline }, done);
    });
  } finally {
    client.close();
  }
}
