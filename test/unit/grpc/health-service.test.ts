import { expect, test } from "bun:test";
import { EventEmitter } from "node:events";
import { type ServerWritableStream, status } from "@grpc/grpc-js";
import { createHealthService } from "../../../src/grpc/health-service.ts";
import { createRecordingLog } from "../../support/recording-log.ts";

test("so many watch and no more, until one goes", () => {
  const { handlers, setServing } = createHealthService({ services: [], log: createRecordingLog() });
  const watch = () => {
    const heard: unknown[] = [];
    const end = () => void call.emit("close");
    const call = Object.assign(new EventEmitter(), {
      request: { service: "" },
      write: (said: object) => heard.push(said),
      end,
    });
    call.on("error", ({ code }) => heard.push(code));
    (handlers.Watch as (call: ServerWritableStream<unknown, object>) => void)(call as never);
    return { heard, end };
  };
  const [first, ...others] = Array.from({ length: 256 }, watch);
  expect(watch().heard).toEqual([status.RESOURCE_EXHAUSTED]);
  first?.end();
  const late = watch();
  setServing(true);
  const said = [{ status: "NOT_SERVING" }, { status: "SERVING" }];
  expect([late.heard, others[0]?.heard, first?.heard]).toEqual([said, said, said.slice(0, 1)]);
});
