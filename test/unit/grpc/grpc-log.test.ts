import { expect, test } from "bun:test";
import { experimental, logVerbosity } from "@grpc/grpc-js";
import { routeGrpcLog } from "../../../src/grpc/grpc-log.ts";
import { createRecordingLog } from "../../support/recording-log.ts";

test("messages of grpc-js go to the log", () => {
  const log = createRecordingLog();
  routeGrpcLog(log);
  experimental.log(logVerbosity.ERROR, "no address", 7);
  // Otherwise this would be the first error that an operator reads about a taken port.
  experimental.log(logVerbosity.ERROR, "No address added out of total 1 resolved");
  expect(log.lines).toEqual([
    { level: "error", message: "no address 7", fields: undefined },
    { level: "debug", message: "No address added out of total 1 resolved", fields: undefined },
  ]);
});
