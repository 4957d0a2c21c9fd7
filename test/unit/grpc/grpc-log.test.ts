import { expect, test } from "bun:test";
import { experimental, logVerbosity, Metadata } from "@grpc/grpc-js";
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

test("of metadata that are not allowed only the name goes to the log: the value may be long, or a secret", () => {
  const log = createRecordingLog();
  routeGrpcLog(log);
  Metadata.fromHttp2Headers({ authorization: "Bearer пароль", [`x-${"long".repeat(100)}`]: "ж".repeat(3000) });
  expect(log.lines).toEqual([
    { level: "warn", message: "Ignored metadata that gRPC does not allow", fields: { name: "authorization" } },
    {
      level: "warn",
      message: "Ignored metadata that gRPC does not allow",
      fields: { name: expect.stringMatching(/^x-(long)+lo?n?…$/) },
    },
  ]);
});
