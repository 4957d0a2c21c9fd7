import { expect, test } from "bun:test";
import { experimental, logVerbosity } from "@grpc/grpc-js";
import { routeGrpcLog } from "../../../src/grpc/grpc-log.ts";
import { createRecordingLog } from "../../support/recording-log.ts";

test("what grpc-js has to say goes to the log", () => {
  const log = createRecordingLog();
  routeGrpcLog(log);
  experimental.log(logVerbosity.ERROR, "no address", 7);
  expect(log.lines).toEqual([{ level: "error", message: "no address 7", fields: undefined }]);
});
