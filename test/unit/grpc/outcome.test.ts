import { describe, expect, test } from "bun:test";
import { status } from "@grpc/grpc-js";
import { classify, exchangeOf, describe as inWords, lacksRoom, mistrust, unusable } from "../../../src/grpc/outcome.ts";

const UNIQUE = "SetToQueue: SetToQueue: insert new link: query (exec): UNIQUE constraint failed: links.link";

describe("classify()", () => {
  test("takes no failure as accepted", () => {
    expect(classify(undefined)).toEqual({ kind: "accepted" });
  });

  test.each([
    [status.ALREADY_EXISTS, "it is here"],
    [status.UNKNOWN, UNIQUE],
    [status.UNKNOWN, "query: UNIQUE constraint failed: links.link"],
    [status.INTERNAL, UNIQUE],
  ])("takes %i %s as already there", (code, details) => {
    expect(classify({ code, details })).toEqual({ kind: "accepted" });
  });

  test.each([
    ["never_sent", status.UNAVAILABLE, "No connection established. Last error: connect ECONNREFUSED 127.0.0.1:1."],
    ["never_sent", status.UNAVAILABLE, "Name resolution failed for target dns:nas.invalid:1"],
    ["never_sent", status.UNAVAILABLE, "Channel closed before call started"],
    [
      "never_sent",
      status.DEADLINE_EXCEEDED,
      "Deadline exceeded after 0.200s,metadata filters: 0.001s,Waiting for LB pick",
    ],
    ["never_sent", status.DEADLINE_EXCEEDED, "Deadline exceeded after 0.200s,waiting for name resolution"],
    ["unknown", status.DEADLINE_EXCEEDED, "Deadline exceeded after 0.200s,LB pick: 0.004s,remote_addr=127.0.0.1:1"],
    ["unknown", status.DEADLINE_EXCEEDED, "context deadline exceeded"],
    ["unknown", status.DEADLINE_EXCEEDED, ""],
    ["unknown", status.UNAVAILABLE, "Connection dropped"],
    ["unknown", status.UNAVAILABLE, "the sender says: No connection established"],
    ["unknown", status.UNAVAILABLE, "Received HTTP status code 502"],
    ["incompatible", status.UNIMPLEMENTED, "The server does not implement the method"],
    ["incompatible", status.UNAUTHENTICATED, "who are you"],
    ["incompatible", status.PERMISSION_DENIED, "not you"],
    ["refused", status.INVALID_ARGUMENT, "no such site"],
    ["refused", status.FAILED_PRECONDITION, "no space"],
    ["refused", status.OUT_OF_RANGE, "quality"],
    ["refused", status.UNKNOWN, "empty link"],
    ["unknown", status.UNKNOWN, "Received HTTP status code 500"],
    ["unknown", status.RESOURCE_EXHAUSTED, "Received message larger than max (5000000 vs 4194304)"],
    ["unknown", status.INTERNAL, "Received RST_STREAM with code 2"],
    ["unknown", status.CANCELLED, "Cancelled on client"],
    ["unknown", status.ABORTED, "try again"],
    ["unknown", status.DATA_LOSS, "gone"],
    ["unknown", status.NOT_FOUND, "what?"],
    ["unknown", 99, "a code of the future"],
  ] as const)("says %s of %i %s", (kind, code, details) => {
    expect(classify({ code, details }).kind).toBe(kind);
  });
});

test.each([
  [false, status.INVALID_ARGUMENT, "no such site"],
  [false, status.FAILED_PRECONDITION, "no space"],
  // What grpc-java, grpcio, C++ and tonic make of an exception, or of a list longer than they may send.
  [true, status.UNKNOWN, "Application error processing RPC"],
  [true, status.UNKNOWN, "Exception calling application: 'name'"],
  [true, status.UNKNOWN, "Unexpected error in RPC handling"],
  [true, status.OUT_OF_RANGE, "Error, encoded message length too large: found 1051 bytes, the limit is: 1000 bytes"],
])("whether a refusing downloader may have the link after all: %p for %i %s", (mayHaveIt, code, details) => {
  expect(classify({ code, details })).toMatchObject({ kind: "refused", mayHaveIt });
});

test("a downloader's words about a refused link are put on one line and shortened", () => {
  const says = (details: string) => classify({ code: status.FAILED_PRECONDITION, details });
  expect(says("disk\n\u0000 is full ")).toMatchObject({ says: "disk is full" });
  expect(says("")).toMatchObject({ says: "" });
  expect(says("x".repeat(5_000))).toMatchObject({ says: `${"x".repeat(199)}…` });
});

test.each([
  // grpcio, C++, grpc-java with a full pool.
  [true, status.RESOURCE_EXHAUSTED, "Concurrent RPC limit exceeded!"],
  [true, status.RESOURCE_EXHAUSTED, "No thread available"],
  [true, status.RESOURCE_EXHAUSTED, ""],
  // grpc-js, also for compressed messages; grpc-go, grpc-java, grpc-dotnet.
  [false, status.RESOURCE_EXHAUSTED, "Received message larger than max (5000000 vs 4194304)"],
  [false, status.RESOURCE_EXHAUSTED, "grpc: trying to send message larger than max (5000000 vs. 4194304)"],
  [false, status.RESOURCE_EXHAUSTED, "Received message that decompresses to a size larger than 16777216"],
  [false, status.RESOURCE_EXHAUSTED, "gRPC message exceeds maximum size 4194304: 5000000"],
  [false, status.RESOURCE_EXHAUSTED, "Sending message exceeds the maximum configured message size."],
  [false, status.UNAVAILABLE, "Concurrent RPC limit exceeded!"],
])("whether a downloader lacks room for a call: %p for %i %s", (expected, code, details) => {
  expect(lacksRoom({ code, details })).toBe(expected);
});

describe("exchangeOf()", () => {
  test.each([
    ["answered", status.UNKNOWN, "empty link"],
    ["answered", status.UNIMPLEMENTED, "no such method"],
    ["answered", status.RESOURCE_EXHAUSTED, "Received message larger than max"],
    ["unconnected", status.UNAVAILABLE, "No connection established. Last error: connect ECONNREFUSED 127.0.0.1:1."],
    ["unconnected", status.DEADLINE_EXCEEDED, "Deadline exceeded after 0.200s,Waiting for LB pick"],
    ["unanswered", status.UNAVAILABLE, "Connection dropped"],
    ["unanswered", status.DEADLINE_EXCEEDED, "Deadline exceeded after 1.000s,remote_addr=127.0.0.1:1"],
    ["unanswered", status.CANCELLED, "Call cancelled"],
    ["unanswered", status.UNIMPLEMENTED, "Received HTTP status code 404"],
  ] as const)("is %s for %i %s", (expected, code, details) => {
    expect(exchangeOf({ code, details })).toBe(expected);
  });

  test("is an answer for a success", () => {
    expect(exchangeOf(undefined)).toBe("answered");
  });
});

describe("describe()", () => {
  test("names the code, the time and the reason, on one line", () => {
    expect(inWords({ code: status.UNAVAILABLE, details: "no\r\n\u001b[31mroute", afterMs: 12 })).toBe(
      "UNAVAILABLE after 12 ms: no [31mroute",
    );
  });

  test("omits what is unknown", () => {
    expect(inWords({ code: status.UNAVAILABLE, details: "connect ECONNREFUSED 127.0.0.1:1. Resolution note: " })).toBe(
      "UNAVAILABLE: connect ECONNREFUSED 127.0.0.1:1.",
    );
    expect(inWords({ code: status.DEADLINE_EXCEEDED, details: "", afterMs: 10_000 })).toBe(
      "DEADLINE_EXCEEDED after 10000 ms",
    );
    expect(inWords({ code: 99, details: "" })).toBe("status 99");
  });

  test("shortens a long reason, but not within a character", () => {
    const text = inWords({ code: status.UNKNOWN, details: `${"x".repeat(299)}😀${"y".repeat(5000)}` });
    expect(text.length).toBeLessThan(330);
    expect(text.isWellFormed()).toBe(true);
  });
});

describe("unusable()", () => {
  test.each([
    ["SetToQueue", status.UNAUTHENTICATED, "not_let_in"],
    ["Healtheck", status.PERMISSION_DENIED, "not_let_in"],
    ["SetToQueue", status.UNIMPLEMENTED, "no_method"],
    ["Queue", status.UNIMPLEMENTED, "no_method"],
    ["Healtheck", status.UNIMPLEMENTED, undefined],
    ["CleanHistory", status.UNIMPLEMENTED, undefined],
    ["SetToQueue", status.UNKNOWN, undefined],
    ["SetToQueue", status.UNAVAILABLE, undefined],
  ] as const)("says of %s that fails with %d: %p", (method, code, problem) => {
    expect(unusable(method, { code, details: "" })).toBe(problem);
  });

  test("is undefined for a call that worked", () => {
    expect(unusable("SetToQueue", undefined)).toBeUndefined();
  });
});

describe("mistrust()", () => {
  const ended = "No connection established. Last error:";
  test.each([
    [`${ended} Error: unable to verify the first certificate. Resolution note: `, "not_trusted"],
    [`${ended} Error: error:100000f7:SSL routines:OPENSSL_internal:WRONG_VERSION_NUMBER.`, "not_trusted"],
    [`${ended} error:1000045c:SSL routines:OPENSSL_internal:TLSV1_ALERT_CERTIFICATE_REQUIRED`, "not_let_in"],
    // grpc-java, about an authority that it does not know.
    [`${ended} error:10000438:SSL routines:OPENSSL_internal:TLSV1_ALERT_INTERNAL_ERROR`, "not_let_in"],
    // OpenSSL with TLS 1.2, without a certificate.
    [`${ended} Error: error:10000410:SSL routines:OPENSSL_internal:SSLV3_ALERT_HANDSHAKE_FAILURE.`, "not_let_in"],
    [`${ended} Failed to connect (2026-12-01T01:00:53.427Z).`, "not_let_in"],
    [`${ended} h2 is not supported (2026-12-01T14:21:51.957Z).`, "no_http2"],
    // nginx without `http2`.
    [`${ended} Error: error:10000460:SSL routines:OPENSSL_internal:TLSV1_ALERT_NO_APPLICATION_PROTOCOL.`, "no_http2"],
    [`${ended} Error: Client network socket disconnected before secure TLS connection was established.`, undefined],
    [`${ended} Error: connect ECONNREFUSED 127.0.0.1:1`, undefined],
    ["Name resolution failed for target dns:certificate.example:1", undefined],
    ["Connection dropped", undefined],
  ] as const)("says of %p: %p", (details, problem) => {
    expect(mistrust({ code: status.UNAVAILABLE, details })).toBe(problem);
    expect(mistrust({ code: status.UNKNOWN, details })).toBeUndefined();
  });
});
