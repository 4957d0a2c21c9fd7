import { expect, test } from "bun:test";
import { EventEmitter } from "node:events";
import { type ServerWritableStream, status } from "@grpc/grpc-js";
import { MOST_DOWNLOADERS } from "../../../src/domain/registration.ts";
import { createHealthService } from "../../../src/grpc/health-service.ts";
import { createClock } from "../../support/clock.ts";
import { createRecordingLog } from "../../support/recording-log.ts";

function createWatched() {
  const clock = createClock();
  const service = createHealthService({ services: [], log: createRecordingLog(), wait: clock.wait });
  const { handlers, setServing, endWatches } = service;
  const watch = (peer: string) => {
    const heard: unknown[] = [];
    const end = () => void call.emit("close");
    const call = Object.assign(new EventEmitter(), {
      request: { service: "" },
      write: (said: object) => heard.push(said),
      writableNeedDrain: false,
      end,
      getPeer: () => peer,
    });
    call.on("error", ({ code }) => heard.push(code));
    (handlers.Watch as (call: ServerWritableStream<unknown, object>) => void)(call as never);
    const takes = (isTaking: boolean) => void Object.assign(call, { writableNeedDrain: !isTaking });
    return { heard, end, takes };
  };
  return { watch, setServing, endWatches, clock };
}

test("three times the largest fleet can watch, and no more until one watcher leaves", () => {
  const { watch, setServing } = createWatched();
  const [first, ...others] = Array.from({ length: 1_024 }, (_, nth) => watch(`192.168.1.9:${nth}`));
  expect(others.length).toBeGreaterThan(3 * MOST_DOWNLOADERS);
  expect(watch("192.168.1.9:2000").heard).toEqual([status.RESOURCE_EXHAUSTED]);
  first?.end();
  const late = watch("192.168.1.9:2000");
  setServing(true);
  const said = [{ status: "NOT_SERVING" }, { status: "SERVING" }];
  expect([late.heard, others.at(-1)?.heard, first?.heard]).toEqual([said, said, said.slice(0, 1)]);
});

test("eight can watch over one connection, however many watch over others", () => {
  const { watch } = createWatched();
  const [first] = Array.from({ length: 8 }, () => watch("192.168.1.9:5000"));
  const refused = [status.RESOURCE_EXHAUSTED];
  expect(watch("192.168.1.9:5000").heard).toEqual(refused);
  expect(watch("192.168.1.9:5001").heard).not.toEqual(refused);
  first?.end();
  expect(watch("192.168.1.9:5000").heard).not.toEqual(refused);
});

test("watchers are told again before a proxy would end a connection that is silent for 30 s, as long as there are any", async () => {
  const { watch, setServing, endWatches, clock } = createWatched();
  setServing(true);
  const said = { status: "SERVING" };
  const again = async () => {
    clock.advance(await clock.sleeping(20_000, 28_000));
    await Promise.resolve();
  };
  await clock.waiting(0);
  const first = watch("192.168.1.9:5000");
  await again();
  const second = watch("192.168.1.9:5001");
  first.end();
  await again();
  expect([first.heard, second.heard]).toEqual([
    [said, said],
    [said, said],
  ]);
  second.end();
  await again();
  await clock.waiting(0);
  watch("192.168.1.9:5002");
  await clock.sleeping(20_000, 28_000);
  endWatches();
  await clock.waiting(0);
});

test("a watcher that does not read is not told again until it does", async () => {
  const { watch, clock, endWatches } = createWatched();
  const { heard, takes } = watch("192.168.1.9:5000");
  takes(false);
  const again = async () => {
    clock.advance(await clock.sleeping(20_000, 28_000));
    await Promise.resolve();
  };
  await again();
  takes(true);
  await again();
  expect(heard).toEqual([{ status: "NOT_SERVING" }, { status: "NOT_SERVING" }]);
  endWatches();
});
