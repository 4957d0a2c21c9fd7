import { describe, expect, test } from "bun:test";
import { animationOf } from "../../demo/animation.ts";

/** The smallest WebP: one lossless pixel; the length of its pixel chunk is odd. */
const PIXEL = Buffer.from("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==", "base64");
const HEADER = 12;

/** Name, length and content of each chunk, as a reader goes through them. */
function chunksIn(body: Buffer): { name: string; content: Buffer }[] {
  const chunks = [];
  for (let at = 0; at < body.length; ) {
    const length = body.readUInt32LE(at + 4);
    chunks.push({ name: body.toString("latin1", at, at + 4), content: body.subarray(at + 8, at + 8 + length) });
    at += 8 + length + (length % 2);
  }
  return chunks;
}

describe("animationOf()", () => {
  const frames = [
    { picture: PIXEL, ms: 1600 },
    { picture: PIXEL, ms: 70_000 },
  ];
  const animation = animationOf(frames, { width: 570, height: 1005 });

  test("is a WebP file with the right length in its header", () => {
    expect(animation.toString("latin1", 0, 4)).toBe("RIFF");
    expect(animation.readUInt32LE(4)).toBe(animation.length - 8);
    expect(animation.toString("latin1", 8, HEADER)).toBe("WEBP");
  });

  test("declares that it is animated, and its size", () => {
    const [first] = chunksIn(animation.subarray(HEADER));
    expect(first?.name).toBe("VP8X");
    expect([...(first?.content ?? [])]).toEqual([2, 0, 0, 0, 569 % 256, 2, 0, 1004 % 256, 3, 0]);
  });

  test("shows each picture for its duration, in an endless loop", () => {
    const [, whole, ...shown] = chunksIn(animation.subarray(HEADER));
    expect(whole).toEqual({ name: "ANIM", content: Buffer.alloc(6) });
    expect(shown.map(({ name, content }) => [name, content.readUIntLE(12, 3)])).toEqual([
      ["ANMF", 1600],
      ["ANMF", 70_000],
    ]);
    for (const { content } of shown) expect(content.subarray(16)).toEqual(PIXEL.subarray(HEADER));
  });
});
