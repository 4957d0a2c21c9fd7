import type { ChannelOptions } from "@grpc/grpc-js";
import { Http2SubchannelConnector } from "@grpc/grpc-js/build/src/transport.js";
import { once } from "../domain/once.ts";

const OPTION = "dwld-bot.unread_method";
/** Before each message: whether it is compressed, and its length. */
const HEADER_BYTES = 5;
/** The header of an empty message, which is not compressed. */
const EMPTY = Buffer.alloc(HEADER_BYTES);

/**
 * With these options a channel drops the replies of this method as they arrive: its calls end as they would, but with an empty reply.
 * `grpc.max_receive_message_length` applies all the same.
 */
export function droppingReplies(path: string): ChannelOptions {
  teachConnections();
  return { [OPTION]: path };
}

/** grpc-js can neither drop a reply nor limit those to one method, so its connections are taught to make calls that read differently. */
const teachConnections = once(() => {
  const { connect } = Http2SubchannelConnector.prototype;
  Http2SubchannelConnector.prototype.connect = async function (address, secureConnector, options) {
    const transport = await connect.call(this, address, secureConnector, options);
    const { [OPTION]: unread, "grpc.max_receive_message_length": most = Number.POSITIVE_INFINITY } = options;
    if (unread === undefined) return transport;
    const createCall = transport.createCall.bind(transport);
    transport.createCall = (metadata, host, method, ...rest) => {
      const call = createCall(metadata, host, method, ...rest);
      if (method === unread) Reflect.set(call, "decoder", createDropper(most));
      return call;
    };
    return transport;
  };
});

/**
 * Stands in for grpc-js's decoder: finds the end of the first message, and keeps nothing of it. Throws if that has more than `most` bytes,
 * as its header says.
 */
export function createDropper(most: number): { write(bytes: Buffer): Buffer[] } {
  const header = Buffer.alloc(HEADER_BYTES);
  let known = 0;
  let left = 0;
  let isOver = false;
  return {
    write(bytes) {
      if (isOver) return [];
      const read = bytes.copy(header, known);
      known += read;
      if (known < HEADER_BYTES) return [];
      if (read > 0) left = header.readUInt32BE(1);
      // The text is grpc-js's own (reliability.md §2.2).
      if (read > 0 && left > most) throw new Error(`Received message larger than max (${left} vs ${most})`);
      left -= bytes.length - read;
      isOver = left <= 0;
      return isOver ? [EMPTY] : [];
    },
  };
}
