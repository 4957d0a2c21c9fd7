import { createHash, timingSafeEqual } from "node:crypto";
import type { Metadata } from "@grpc/grpc-js";

/** Whether a call carries `authorization: Bearer <token>`; takes the same time however much of the token is right. */
export function createBearerCheck(token: string): (metadata: Metadata) => boolean {
  const expected = digest(token);
  return (metadata) => {
    const [value] = metadata.get("authorization");
    const given = /^bearer +(.+)$/i.exec(typeof value === "string" ? value : "")?.[1] ?? "";
    return timingSafeEqual(digest(given), expected);
  };
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
