import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { loadServices } from "../../../src/grpc/proto.ts";
import {
  fromDeleteFromQueueRequest,
  fromHealthResponse,
  fromRegisterRequest,
  fromSetToQueueRequest,
  fromStatusResponse,
  fromTasksResponse,
  toDeleteFromQueueRequest,
  toRegisterRequest,
  toSetToQueueRequest,
  toStatusResponse,
  toTasksResponse,
} from "../../../src/grpc/wire.ts";

const { downloader, bot } = loadServices();

/** What the other side reads of a message that was really written to bytes. */
const overTheWire = (method: keyof typeof downloader, reply: object): unknown =>
  downloader[method].responseDeserialize(downloader[method].responseSerialize(reply));

describe("toSetToQueueRequest()", () => {
  test("encodes the fields with the contract's numbers", () => {
    const bytes = downloader.SetToQueue.requestSerialize(
      toSetToQueueRequest({ url: "u", userName: "[a] b", maxQuality: 720 }),
    );
    expect(bytes.toString("hex")).toBe(`0a01751205${Buffer.from("[a] b").toString("hex")}18d005`);
  });

  test("replaces what UTF-8 cannot encode", () => {
    expect(toSetToQueueRequest({ url: "u", userName: "a\ud800", maxQuality: 1 })).toMatchObject({ user_name: "a�" });
    expect(toDeleteFromQueueRequest("x\udc00")).toEqual({ link: "x�" });
  });
});

describe("fromTasksResponse()", () => {
  test("reads the existing downloader's list", () => {
    const tasks = [
      { link: "https://a.example/1", status: "NEW", max_quality: "1080", name: "COMING SOON" },
      { link: "https://a.example/2", status: "PAUSED", max_quality: "", name: "A film", message: "converting [mp4]" },
      { status: "DONE" },
    ];
    expect(fromTasksResponse(overTheWire("Queue", { tasks }))).toEqual([
      { url: "https://a.example/1", status: "NEW", quality: "1080", name: undefined, remark: undefined },
      {
        url: "https://a.example/2",
        status: "UNKNOWN",
        quality: "",
        name: "A film",
        remark: { kind: "activity", text: "converting [mp4]" },
      },
    ]);
  });

  test("reads only the beginning and the end of a text of megabytes", () => {
    const warnings = "WARNING: no news\n".repeat(200_000);
    const tasks = [
      { link: `https://a.example/${"a".repeat(1_000_000)}`, message: "converting ".repeat(200_000) },
      { link: "https://a.example/2", message: `download failed: Reason: ${warnings}ERROR: it is gone` },
    ];
    const [first, second] = fromTasksResponse(overTheWire("Queue", { tasks }));
    expect([first?.url.length, (first?.remark?.text.length ?? 0) <= 65_537]).toEqual([65_537, true]);
    expect(first?.url).toStartWith("https://a.example/aaa");
    expect(second?.remark).toEqual({ kind: "trouble", text: "ERROR: it is gone" });
  });

  test("cuts no character of a long text in two", () => {
    const tasks = [{ link: "https://a.example/1", name: `a${"🎬".repeat(40_000)}a` }];
    const [only] = fromTasksResponse(overTheWire("Queue", { tasks }));
    expect([only?.name?.length, only?.name?.isWellFormed()]).toEqual([65_537, true]);
  });

  test("reads an empty list", () => {
    expect(fromTasksResponse(overTheWire("Queue", {}))).toEqual([]);
  });
});

const WARNING =
  "WARNING: External Downloader arguments given without specifying name. The arguments will be given to all external downloaders.";
const STAGE = "download failed on stage #2 with retries on stage 3. Reason: ";

describe("a downloader's message", () => {
  const remark = (message: string) =>
    fromTasksResponse(overTheWire("Queue", { tasks: [{ link: "u", status: "WORK", message }] }))[0]?.remark;
  const trouble = (text: string) => ({ kind: "trouble", text }) as const;

  test.each([
    "downloading [mp4 - unknown]",
    "converting [mp4]",
    "download complete on stage #1",
    "retrying, since the download failed",
    "ERROR: none",
  ])("is progress when it is: %s", (message) => {
    expect(remark(message)).toEqual({ kind: "activity", text: message });
  });

  test.each(["", "  \n"])("is nothing when it is blank", (message) => {
    expect(remark(message)).toBeUndefined();
  });

  const unavailable = "ERROR: [youtube] abc: Video unavailable. This video has been removed by the uploader";
  test.each([
    ["the last error", `${WARNING}\nERROR: [youtube] abc: HTTP Error 429\n${unavailable}\n`, unavailable],
    ["the error, not the warning after it", `${WARNING}\n${unavailable}\n${WARNING}`, unavailable],
    ["the error on the first line", unavailable, unavailable],
    ["the error in colours", `${WARNING}\n\x1b[0;31mERROR:\x1b[0m no space left`, "ERROR: no space left"],
    ["the error, however much comes before it", `${`${WARNING}\n`.repeat(100)}${unavailable}`, unavailable],
    [
      "the error without its causes and requests",
      "ERROR: [a] b: HTTP Error 404: Not Found (caused by <HTTPError 404: Not Found>); please report this issue on  https://a.b/c",
      "ERROR: [a] b: HTTP Error 404: Not Found",
    ],
    [
      "the error behind a long address",
      `ERROR: '${"x".repeat(3_000)}' is not a valid URL`,
      `ERROR: '${"x".repeat(78)}… is not a valid URL`,
    ],
    ["what is not a warning", `${WARNING}\nexit status 1`, "exit status 1"],
    ["the warning, when there is nothing else", WARNING, `${STAGE}${WARNING}`],
  ])("is trouble when it begins with `download failed`: %s", (_, reason, text) => {
    expect(remark(`${STAGE}${reason}`)).toEqual(trouble(text));
  });

  test("is trouble in the words of other downloaders too", () => {
    expect(remark("download failed: the disk is full")).toEqual(trouble("the disk is full"));
    expect(remark("Download failed")).toEqual(trouble("Download failed"));
  });

  test("is the same in `Status`", () => {
    const { running } = fromStatusResponse(
      overTheWire("Status", {
        on_work: [
          { link: "u", message: "converting" },
          { link: "v", message: "download failed: no" },
        ],
      }),
    );
    expect(running.map(({ remark }) => remark)).toEqual([{ kind: "activity", text: "converting" }, trouble("no")]);
  });
});

describe("fromStatusResponse()", () => {
  test("skips entries in which every field is empty", () => {
    const { running, sensors } = fromStatusResponse(
      overTheWire("Status", { on_work: [{}, { filename: "a.mkv", percentage: 12.5 }, {}], sensors: "cpu 40\nfan 2" }),
    );
    expect(running).toHaveLength(1);
    expect(running[0]).toMatchObject({ url: "", filename: "a.mkv", percentage: 12.5, quality: 0 });
    expect(sensors).toBe("cpu 40\nfan 2");
  });

  test("never shows a number that makes no sense", () => {
    const entry = fc.record({
      link: fc.constant("u"),
      target_quality: fc.maxSafeInteger(),
      percentage: fc.double(),
      current_size: fc.double(),
      total_size: fc.double(),
    });
    fc.assert(
      fc.property(entry, (onWork) => {
        const [progress] = fromStatusResponse(overTheWire("Status", { on_work: [onWork] })).running;
        const { percentage = -1, currentSize = -1, totalSize = -1, quality = -1 } = progress ?? {};
        for (const number of [percentage, currentSize, totalSize, quality]) {
          expect(Number.isFinite(number) && number >= 0).toBe(true);
        }
        expect(percentage).toBeLessThanOrEqual(100);
        expect(quality).toBeLessThanOrEqual(10_000);
        expect(totalSize).toBeLessThanOrEqual(2 ** 30);
      }),
    );
  });

  test("keeps a number that makes sense", () => {
    const onWork = { link: "u", target_quality: 1080, percentage: 99.5, current_size: 700.25, total_size: 1400.5 };
    expect(fromStatusResponse(overTheWire("Status", { on_work: [onWork] })).running[0]).toMatchObject({
      quality: 1080,
      percentage: 99.5,
      currentSize: 700.25,
      totalSize: 1400.5,
    });
  });
});

describe("fromHealthResponse()", () => {
  test("reads the message, or its absence", () => {
    expect(fromHealthResponse(overTheWire("Healtheck", { message: "fine" }))).toBe("fine");
    expect(fromHealthResponse(overTheWire("Healtheck", {}))).toBe("");
  });
});

describe("fromRegisterRequest()", () => {
  test("reads what the existing downloader sends", () => {
    const method = bot.RegisterDownloader;
    const sent = {
      server_name: "nas",
      allowed_roots: ["a.com", " b.com"],
      server_host: "127.0.0.1",
      server_port: 8888,
    };
    expect(fromRegisterRequest(method.requestDeserialize(method.requestSerialize(sent)))).toEqual({
      name: "nas",
      roots: ["a.com", " b.com"],
      host: "127.0.0.1",
      port: 8888,
    });
  });

  test("reads a request in which nothing is set", () => {
    const method = bot.RegisterDownloader;
    expect(fromRegisterRequest(method.requestDeserialize(Buffer.alloc(0)))).toEqual({
      name: "",
      roots: [],
      host: "",
      port: 0,
    });
  });
});

describe("a downloader's message to the bot", () => {
  const overTheWireTo = (request: object, method: keyof typeof downloader) =>
    downloader[method].requestDeserialize(downloader[method].requestSerialize(request));

  test("arrives unchanged when it is its list", () => {
    const downloads = [
      { url: "https://a.example/1", status: "NEW", quality: "720", name: undefined, remark: undefined },
      {
        url: "https://a.example/2",
        status: "WORK",
        quality: "10000",
        name: "A film",
        remark: { kind: "activity", text: "3 of 12" },
      },
      {
        url: "https://a.example/3",
        status: "NEW",
        quality: "720",
        name: "B",
        remark: { kind: "trouble", text: "no such film" },
      },
    ] as const;
    expect(fromTasksResponse(overTheWire("Queue", toTasksResponse(downloads)))).toEqual([...downloads]);
  });

  test("arrives unchanged when it is its status", () => {
    const status = {
      running: [
        {
          url: "https://a.example/1",
          filename: "A film",
          quality: 720,
          percentage: 42.5,
          status: "WORK",
          currentSize: 1.5,
          totalSize: 3,
          remark: { kind: "activity", text: "3 of 12" },
        },
      ],
      sensors: "Load: 0.1",
    } as const;
    expect(fromStatusResponse(overTheWire("Status", toStatusResponse(status)))).toEqual(status);
  });

  test("arrives unchanged when it is its registration", () => {
    const registration = { name: "home", roots: ["*"], host: "0.0.0.0", port: 50_051 };
    const { RegisterDownloader } = bot;
    const bytes = RegisterDownloader?.requestSerialize(toRegisterRequest(registration));
    expect(fromRegisterRequest(bytes && RegisterDownloader?.requestDeserialize(bytes))).toEqual(registration);
  });

  test("answers the link that the bot has sent", () => {
    const submission = { url: "https://a.example/1", userName: "[ann] films", maxQuality: 720 };
    expect(fromSetToQueueRequest(overTheWireTo(toSetToQueueRequest(submission), "SetToQueue"))).toEqual(submission);
    expect(fromSetToQueueRequest(overTheWireTo({ link: "x" }, "SetToQueue"))).toMatchObject({ maxQuality: 10_000 });
    expect(fromDeleteFromQueueRequest(overTheWireTo(toDeleteFromQueueRequest("x"), "DeleteFromQueue"))).toBe("x");
  });
});
