import { describe, expect, test } from "bun:test";
import { fromJoinRequest, toJoinRequest } from "../../../src/grpc/join-wire.ts";
import { createIdentity } from "../../../src/grpc/self-signed.ts";

describe("fromJoinRequest()", () => {
  test("reads what a joining machine sends, and accepts an id of the right length only", async () => {
    const { cert } = await createIdentity("nas");
    const attempt = {
      id: Buffer.alloc(8, 1),
      secret: Buffer.alloc(16, 2),
      certificate: `${cert}`,
      token: "t".repeat(32),
    };
    expect(fromJoinRequest(toJoinRequest(attempt))).toEqual(attempt);
    for (const bytes of [0, 7, 9, 60_000]) {
      expect(fromJoinRequest(toJoinRequest({ ...attempt, id: Buffer.alloc(bytes, 1) }))).toBeUndefined();
    }
  });
});
