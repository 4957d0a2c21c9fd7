import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { readInParts } from "../../../src/domain/in-parts.ts";
import { loadServices } from "../../../src/grpc/proto.ts";
import { partsOf } from "../../../src/grpc/reply-parts.ts";

const { downloader } = loadServices();

describe("reading a reply in parts", () => {
  const text = fc.string({ unit: "grapheme", maxLength: 40 });
  const entry = fc.record({
    link: text,
    filename: text,
    target_quality: fc.nat(),
    percentage: fc.double({ noNaN: true }),
  });

  test("gives the same as reading it as a whole", () => {
    const { responseSerialize, responseDeserialize } = downloader.Status;
    const reply = fc.record({ on_work: fc.array(entry, { maxLength: 30 }), sensors: text });
    fc.assert(
      fc.property(reply, fc.integer({ min: 1, max: 300 }), (value, bytes) => {
        const message = responseSerialize(value);
        const parts = [...partsOf(message, bytes)];
        expect(Buffer.concat(parts).equals(message)).toBe(true);
        const read = parts.map((part) => responseDeserialize(part) as typeof value);
        const whole = responseDeserialize(message) as typeof value;
        expect(read.flatMap(({ on_work }) => on_work)).toEqual(whole.on_work);
        expect(read.findLast(({ sensors }) => sensors !== "")?.sensors ?? "").toBe(whole.sensors);
      }),
    );
  });

  test("fails where it is no message, and never reads past its end", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        const message = Buffer.from(bytes);
        try {
          expect(Buffer.concat([...partsOf(message, 8)]).equals(message)).toBe(true);
        } catch (error) {
          expect((error as Error).message).toStartWith("The reply");
        }
      }),
    );
  });

  test("refuses a reply of more entries than anybody has before any of them is read", () => {
    const { responseSerialize } = downloader.Queue;
    const tasks = (length: number) => responseSerialize({ tasks: Array.from({ length }, () => ({ link: "a" })) });
    expect([...partsOf(tasks(100_000))].length).toBeGreaterThan(1);
    expect(() => partsOf(tasks(100_001)).next()).toThrow("The reply has more than 100000 entries");
  });

  test("lets other events in between while a long list is read", async () => {
    const tasks = Array.from({ length: 20_000 }, (_, n) => ({ link: `https://a.example/${n}`, name: "x".repeat(30) }));
    const { responseSerialize, responseDeserialize } = downloader.Queue;
    let [turns, isRead] = [0, false];
    const turn = () => {
      turns += 1;
      if (!isRead) setImmediate(turn);
    };
    setImmediate(turn);
    const parts = await readInParts(partsOf(responseSerialize({ tasks })), responseDeserialize);
    isRead = true;
    expect(parts.length).toBeGreaterThan(15);
    expect(turns).toBeGreaterThanOrEqual(parts.length - 1);
  });
});
