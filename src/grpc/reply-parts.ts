/** Decoding and checking more at a time would hold up the event loop: a list of 16 MiB takes seconds. */
const PART_BYTES = 64 * 1024;

/** The fields of a list are its entries. The longest known list had forty thousand; 16 MiB have room for a million short ones. */
const MOST_FIELDS = 100_000;

/**
 * Parts of at least `bytes`, cut between top-level fields: by protobuf's rules, each part is itself such a message. There is always at
 * least one. Throws if the bytes are not a message, and before the first part if it has too many fields: once they are read, short ones
 * take forty times their memory.
 */
export function* partsOf(message: Buffer, bytes = PART_BYTES): Generator<Buffer> {
  for (let at = 0, fields = 1; at < message.length; fields += 1) {
    if (fields > MOST_FIELDS) throw new Error(`The reply has more than ${MOST_FIELDS} entries`);
    at = afterField(message, at);
  }
  let start = 0;
  for (let at = 0; at < message.length; ) {
    at = afterField(message, at);
    if (at - start < bytes) continue;
    yield message.subarray(start, at);
    start = at;
  }
  if (start < message.length || message.length === 0) yield message.subarray(start);
}

function afterField(message: Buffer, from: number): number {
  const tag = varint(message, from);
  const end = afterValue(message, tag.end, tag.value & 7);
  if (end > message.length) throw new Error("The reply is cut off");
  return end;
}

function afterValue(message: Buffer, at: number, wireType: number): number {
  switch (wireType) {
    case 0:
      return varint(message, at).end;
    case 1:
      return at + 8;
    case 2: {
      const { value, end } = varint(message, at);
      return end + value;
    }
    case 5:
      return at + 4;
    default:
      throw new Error(`The reply has a field of the unknown type ${wireType}`);
  }
}

/** The value is correct up to 2^31, which is more than a message may have. */
function varint(message: Buffer, from: number): { value: number; end: number } {
  let value = 0;
  for (let at = from; at < Math.min(from + 10, message.length); at += 1) {
    const byte = message[at] ?? 0;
    value += (byte & 127) * 2 ** (7 * (at - from));
    if (byte < 128) return { value, end: at + 1 };
  }
  throw new Error("The reply is cut off");
}
