import { describe, expect, test } from "bun:test";
import { stripVTControlCharacters } from "node:util";
import fc from "fast-check";
import { createLog, type LogOptions, lastWords, type RootLog } from "../../../src/log/log.ts";

/** A log whose output is kept; the clock stands still unless it is moved. */
function recorded(options: Partial<LogOptions> & { readonly isTTY?: boolean } = {}) {
  const written: string[] = [];
  const clock = { now: Date.UTC(2026, 10, 23, 12) };
  const { isTTY = false, ...rest } = options;
  const stdout = { write: (text: string) => written.push(text), isTTY, columns: 100 };
  const log: RootLog = createLog({ level: "info", format: "journal", env: {}, now: () => clock.now, stdout, ...rest });
  return { log, written, clock };
}

describe("createLog()", () => {
  test("writes for the journal: a priority before every line, the tag, and the fields at the end", () => {
    const { log, written } = recorded({ level: "debug" });
    const poll = log.withTag("poll");
    poll.debug("Waiting");
    poll.info("Took 3 updates", { first: 17, slow: false, by: "a person", none: undefined });
    poll.warn("One\nTwo", { at: "nas:50051" });
    log.error("Cannot go on");
    expect(written).toEqual([
      "<7>[poll] Waiting\n",
      '<6>[poll] Took 3 updates first=17 slow=false by="a person"\n',
      "<4>[poll] One\n<4>Two at=nas:50051\n",
      "<3>Cannot go on\n",
    ]);
  });

  test("writes an error with its code and causes, and its stack only at level error, in one journal line", () => {
    const { log, written } = recorded();
    const cause = Object.assign(new TypeError("refused"), { code: "ECONNREFUSED" });
    const error = new Error("Cannot fetch", { cause });
    log.warn("A try failed", { error });
    log.error("All tries failed", { error });
    expect(written[0]).toBe('<4>A try failed error="Error: Cannot fetch ← TypeError: refused (ECONNREFUSED)"\n');
    expect(written[1]).toMatch(/^<3>All tries failed error="[^"]+" stack="Error: Cannot fetch\\n {4}at .+"\n$/);
  });

  test("writes JSON, one object a line", () => {
    const { log, written } = recorded({ format: "json" });
    log
      .withTag("grpc")
      .withTag("nas")
      .info("Two\nlines", { count: 2, roots: ["a"], none: undefined });
    expect(written).toHaveLength(1);
    expect(written[0]).toEndWith("}\n");
    expect(JSON.parse(written[0] ?? "")).toEqual({
      time: "2026-11-23T12:00:00.000Z",
      level: "info",
      tag: "grpc:nas",
      message: "Two\nlines",
      fields: { count: 2, roots: "[ 'a' ]" },
    });
  });

  test("puts the priority before JSON too when the journal reads it", () => {
    const { log, written } = recorded({ format: "json", env: { JOURNAL_STREAM: "8:1" } });
    log.error("Cannot go on");
    expect(written[0]).toStartWith('<3>{"time":');
    expect(written[0]).toEndWith("}\n");
  });

  test.each([
    [
      "pretty on a terminal, even one that systemd started",
      { isTTY: true, env: { JOURNAL_STREAM: "8:1" } },
      /^ℹ Ready port=1 +app/,
    ],
    ["for the journal under systemd", { env: { JOURNAL_STREAM: "8:1" } }, /^<6>\[app\] Ready port=1\n$/],
    ["plain otherwise", {}, /^2026-11-23T12:00:00\.000Z \[info\] \[app\] Ready port=1\n$/],
    [
      "plain on a terminal without colours",
      { isTTY: true, env: { NO_COLOR: "1" } },
      /^2026-11-23T12:00:00\.000Z \[info\] \[app\] Ready port=1\n$/,
    ],
  ])("auto is %s", (_, options, pattern) => {
    const { log, written } = recorded({ format: "auto", ...options });
    log.withTag("app").info("Ready", { port: 1 });
    expect(stripVTControlCharacters(written.join(""))).toMatch(pattern);
  });

  test("writes in colours, with the tag and the time at the right edge of the terminal", () => {
    const { log, written, clock } = recorded({ level: "debug", format: "pretty", isTTY: true });
    const app = log.withTag("app");
    app.debug("Waiting");
    app.warn("Кино 映画\nTwo", { port: 1 });
    log.error("x".repeat(200));
    const time = new Date(clock.now).toLocaleTimeString();
    const [waiting = "", care = "", long = ""] = written.map((text) => stripVTControlCharacters(text));
    expect(written.every((text) => text.includes("\x1b["))).toBe(true);
    expect(waiting).toMatch(/^⚙ Waiting {2,}app /);
    expect(waiting).toEndWith(` ${time}\n`);
    expect(care).toMatch(/^ WARN {2}Кино 映画 {2,}app .*\nTwo port=1\n$/);
    expect(long).toBe(` ERROR  ${"x".repeat(200)}  ${time}\n`);
    for (const text of [waiting, care]) expect(Bun.stringWidth(text.slice(0, text.indexOf("\n")))).toBe(100);
  });

  test("writes nothing below its level", () => {
    const { log, written } = recorded({ level: "warn" });
    log.debug("a");
    log.info("b");
    log.withTag("x").info("c");
    log.warn("d");
    expect(written).toEqual(["<4>d\n"]);
  });

  test("removes escape sequences and control characters from messages", () => {
    const { log, written } = recorded();
    log.info("a\x1b[2Jbc\x08", { name: "\x1b[31mred\n<0>" });
    expect(written).toEqual(['<6>abc name="\\u001b[31mred\\n<0>"\n']);
  });

  test.each(["pretty", "journal", "json"] as const)(
    "escapes all other control characters in the format %s",
    (format) => {
      const { log, written } = recorded({ format });
      const said = "\u009b2Ja\u0085b\u2028c\u007f\u202e";
      log.info("x", { said, error: new Error(said) });
      expect(written.join("").trim()).not.toMatch(/[\p{Cc}\p{Zl}\p{Bidi_Control}]/u);
      expect(written[0]).toContain(String.raw`\u009b2Ja\u0085b\u2028c\u007f\u202e`);
      log.error(said, { error: new Error(said) });
      // A stack has lines of its own.
      expect(written.join("").replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Zl}\p{Bidi_Control}]/u);
    },
  );

  test("leaves percent signs as they are", () => {
    for (const format of ["pretty", "journal"] as const) {
      const { log, written } = recorded({ format });
      log.info("100% of %s %d %%");
      expect(written[0]).toEndWith("100% of %s %d %%\n");
    }
  });

  test("writes a repeated warning or error once a minute, with a count, and other levels each time", () => {
    const { log, written, clock } = recorded();
    const poll = log.withTag("poll");
    for (let attempt = 1; attempt <= 3; attempt++) poll.warn("Telegram is unreachable", { attempt });
    poll.error("Telegram is unreachable");
    log.warn("Telegram is unreachable");
    clock.now += 60_000;
    poll.warn("Telegram is unreachable", { attempt: 4 });
    poll.info("Same");
    poll.info("Same");
    expect(written).toEqual([
      "<4>[poll] Telegram is unreachable attempt=1\n",
      "<3>[poll] Telegram is unreachable\n",
      "<4>Telegram is unreachable\n",
      "<4>[poll] Telegram is unreachable attempt=4 repeated=2\n",
      "<6>[poll] Same\n",
      "<6>[poll] Same\n",
    ]);
  });
});

describe("the sink", () => {
  const formats = fc.constantFrom<LogOptions["format"]>("journal", "json", "pretty");
  const secrets = fc.stringMatching(/^[\x21-\x29\x2b-\x7e]{6,40}$/);

  test("never writes a secret, wherever it is", () => {
    fc.assert(
      fc.property(formats, fc.boolean(), secrets, fc.string(), fc.string(), (format, isTTY, secret, before, after) => {
        const { log, written } = recorded({ format, isTTY, secrets: [secret] });
        const text = before + secret + after;
        const cause = Object.assign(new TypeError(text), { path: text, nested: { deep: [text] } });
        const error = Object.assign(new Error(text, { cause }), { errors: [cause] });
        log.info(text, { text });
        log.withTag(text).warn(text, { text: [text], map: new Map([[text, text]]) });
        log.error("x", { error, text });
        expect(written).toHaveLength(3);
        const seen = stripVTControlCharacters(written.join(""));
        // JSON escapes it, but whoever undoes the escapes would read it.
        expect(seen).not.toContain(secret);
        expect(seen).not.toContain(JSON.stringify(secret).slice(1, -1));
      }),
    );
  });

  test("redacts the token of a failed request, which Bun keeps in the error's path", async () => {
    const { log, written } = recorded({ secrets: [] });
    const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response() });
    const url = `${server.url.origin}/bot123456:abcdef/getMe`;
    await server.stop(true);
    const error = await fetch(url).catch((reason: unknown) => reason);
    log.error("Cannot ask Telegram", { error });
    expect(written.join("")).toContain("/bot***/getMe");
    expect(written.join("")).not.toContain("abcdef");
  });
});

describe("lastWords()", () => {
  const stderr = { write: () => true };

  test("have the priority of an error on each line for the journal, and are plain elsewhere", () => {
    const env = { JOURNAL_STREAM: "8:1" };
    expect(lastWords("Cannot start:\n  the port", { env, stderr })).toBe("<3>Cannot start:\n<3>  the port\n");
    expect(lastWords("Cannot start", { env, stderr: { ...stderr, isTTY: true } })).toBe("Cannot start\n");
    expect(lastWords("Cannot start", { env: {}, stderr })).toBe("Cannot start\n");
  });
});
