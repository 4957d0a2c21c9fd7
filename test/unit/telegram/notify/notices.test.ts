import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { Delivery, DeliveryEvent } from "../../../../src/domain/delivery.ts";
import { texts } from "../../../../src/telegram/locales/locales.ts";
import { reactionTo } from "../../../../src/telegram/notify/message-reactions.ts";
import { notice } from "../../../../src/telegram/notify/notices.ts";

const DELIVERY: Delivery = {
  id: 1,
  linkId: 1,
  chatId: 1,
  threadId: null,
  messageId: null,
  sender: "ann",
  url: "https://x.org/film",
  key: "x.org/film",
  quality: "best",
  folder: null,
  downloader: "nas",
  state: "open",
  status: "WORK",
  name: "The film",
  trouble: "no space",
  seenAt: 0,
  acceptedAt: 0,
  closedAt: null,
};
const event = (kind: DeliveryEvent["kind"], of: Partial<Delivery> = {}): DeliveryEvent => ({
  kind,
  delivery: { ...DELIVERY, ...of },
});
const words = (events: DeliveryEvent[]) =>
  notice(events, texts.en)
    .text.toString()
    .replace(/[\u2066-\u2069]/g, "");

describe("notice()", () => {
  test("says first what needs somebody", () => {
    expect(words([event("done"), event("trouble"), event("lost")])).toBe(
      "❓ nas no longer has The film, and I did not see it finish.\n" +
        "⚠️ nas has trouble with The film: no space\n" +
        "✅ The film is ready (nas)",
    );
  });

  test("names what has no name by its link", () => {
    expect(words([event("done", { name: null })])).toBe("✅ https://x.org/film is ready (nas)");
  });

  test("says how many more there are than fit", () => {
    const many = Array.from({ length: 300 }, () => event("done"));
    const lines = words(many).split("\n");
    expect(lines.at(-1)).toBe(`…and ${300 - lines.length + 1} more`);
  });

  test("offers each lost link again by its name, a single one without", () => {
    const labels = (events: DeliveryEvent[]) =>
      notice(events, texts.en)
        .keyboard?.toJSON()
        .inline_keyboard.flat()
        .map(({ text }) => text.replace(/[\u2066-\u2069]/g, ""));
    expect(labels([event("lost"), event("done")])).toEqual(["🔁 Send again"]);
    expect(labels([event("lost"), event("lost", { id: 2, name: null })])).toEqual([
      "🔁 Send again: The film",
      "🔁 Send again: x.org/film",
    ]);
  });

  test("is a message that Telegram takes, whatever downloaders say", () => {
    const anyText = fc.option(fc.string({ unit: "binary", maxLength: 600 }));
    const anyEvent = fc
      .record({
        kind: fc.constantFrom("done" as const, "trouble" as const, "lost" as const),
        name: anyText,
        trouble: anyText,
        path: fc.webPath({ size: "large" }),
      })
      .map(({ kind, name, trouble, path }) => event(kind, { name, trouble, url: `https://x.org${path}` }));
    fc.assert(
      fc.property(
        fc.array(anyEvent, { minLength: 1, maxLength: 60 }),
        fc.constantFrom("en" as const, "ru" as const),
        (events, language) => {
          const { text, keyboard } = notice(events, texts[language]);
          const entities = typeof text === "string" ? [] : text.entities;
          expect(text.toString().length).toBeWithin(1, 4097);
          expect(text.toString().isWellFormed()).toBe(true);
          for (const { offset, length } of entities)
            expect(offset + length).toBeLessThanOrEqual(text.toString().length);
          for (const { length } of entities) expect(length).toBeGreaterThan(0);
          for (const button of keyboard?.toJSON().inline_keyboard.flat() ?? []) {
            const data = "callback_data" in button ? button.callback_data : "";
            expect(Buffer.byteLength(data)).toBeWithin(1, 65);
          }
        },
      ),
      // Each has up to 60 long texts.
      { numRuns: 30 },
    );
  });
});

describe("what vanished on its way to the folder", () => {
  test("is told as what nobody knows, with a button to send it again", () => {
    expect(words([event("unknown")])).toBe(
      "❓ nas does not show The film any more. It may have arrived in its folder; I did not see it.",
    );
    expect(
      notice([event("unknown")], texts.ru)
        .keyboard?.toJSON()
        .inline_keyboard.flat(),
    ).toHaveLength(1);
  });
});

describe("reactionTo()", () => {
  const open = { state: "open", trouble: null } as const;
  const troubled = { state: "open", trouble: "no space" } as const;
  const done = { state: "done", trouble: "no space" } as const;
  const lost = { state: "lost", trouble: null } as const;
  const removed = { state: "removed", trouble: null } as const;
  const queued = { state: "queued" } as const;

  test.each([
    ["nothing was handed over", [], [queued], undefined],
    ["its only link was taken out", [removed], [], undefined],
    ["it was taken", [open], [], "👀"],
    ["some are done", [done, open], [], "👀"],
    ["the rest still waits", [done], [queued], "👀"],
    ["all are done", [done, done], [], "👌"],
    ["the rest was taken out", [done, removed], [{ state: "removed" } as const], "👌"],
    ["one has trouble", [open, troubled], [queued], "💔"],
    ["of one nobody knows", [done, { state: "unknown", trouble: null } as const], [], "🤷"],
    ["one was lost", [done, lost], [], "💔"],
    ["nobody took one of them", [done], [{ state: "failed" } as const], "💔"],
  ])("when %s", (_, deliveries, waiting, emoji) => {
    expect(reactionTo(deliveries, waiting)).toBe(emoji as ReturnType<typeof reactionTo>);
  });
});
