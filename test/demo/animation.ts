/** One picture of an animation: a WebP file, and how long it is shown. */
export interface Frame {
  readonly picture: Buffer;
  readonly ms: number;
}

/** Bytes of "RIFF", the size and "WEBP". */
const HEADER = 12;
const HAS_ANIMATION = 0b10;
const COVERS_THE_LAST = 0b10;

/**
 * An endlessly repeated animated WebP, made of pictures of the same size. (Google's container specification for WebP: each picture's own
 * chunks are copied unchanged into a chunk "ANMF".)
 */
export function animationOf(frames: readonly Frame[], size: { width: number; height: number }): Buffer {
  const extent = [...int24(size.width - 1), ...int24(size.height - 1)];
  const everything = [
    chunk("VP8X", Buffer.from([HAS_ANIMATION, 0, 0, 0, ...extent])),
    // No background, and endless.
    chunk("ANIM", Buffer.alloc(6)),
    ...frames.map(({ picture, ms }) => {
      const place = Buffer.from([...int24(0), ...int24(0), ...extent, ...int24(ms), COVERS_THE_LAST]);
      return chunk("ANMF", Buffer.concat([place, ...pixelsIn(picture)]));
    }),
  ];
  const body = Buffer.concat([Buffer.from("WEBP"), ...everything]);
  return Buffer.concat([Buffer.from("RIFF"), int32(body.length), body]);
}

/** The chunks of a still picture that contain its pixels, lossy or not. */
function pixelsIn(picture: Buffer): Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = HEADER; at < picture.length; ) {
    const length = picture.readUInt32LE(at + 4);
    const end = at + 8 + length + (length % 2);
    if (["ALPH", "VP8 ", "VP8L"].includes(picture.toString("latin1", at, at + 4)))
      chunks.push(picture.subarray(at, end));
    at = end;
  }
  return chunks;
}

function chunk(name: string, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from(name), int32(content.length), content, Buffer.alloc(content.length % 2)]);
}

function int24(value: number): Buffer {
  const bytes = Buffer.alloc(3);
  bytes.writeUIntLE(value, 0, 3);
  return bytes;
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
