import { describe, expect, test } from "bun:test";
import { StoreUnavailable } from "../../../../src/domain/storage.ts";
import { createBackground } from "../../../../src/telegram/context/background.ts";
import type { ChatContext } from "../../../../src/telegram/context/chat-context.ts";
import type { Content } from "../../../../src/telegram/context/content.ts";
import type { Replies } from "../../../../src/telegram/context/replies.ts";
import { texts } from "../../../../src/telegram/locales/locales.ts";
import { createRecordingLog } from "../../../support/recording-log.ts";

const context = { chatId: 7, threadId: null, texts: texts.ru } as unknown as ChatContext;

function createScene() {
  const answers: string[] = [];
  const replies = { answer: (_: unknown, { text }: Content) => answers.push(String(text)) } as unknown as Replies;
  const log = createRecordingLog();
  return { answers, log, background: createBackground({ replies, log }) };
}

describe("work behind a handler", () => {
  test("tells the chat, in its language, that the database cannot be used", async () => {
    const { background, answers, log } = createScene();
    background.run(context, () => Promise.reject(new StoreUnavailable("SQLITE_FULL")));
    await background.stop();
    expect(answers).toEqual([texts.ru.storeTrouble]);
    expect(log.at("error")).toEqual(["Cannot do what a chat asked for"]);
  });

  test("tells the chat that something went wrong, and logs the error with its place", async () => {
    const { background, answers, log } = createScene();
    background.run(context, () => Promise.reject(new TypeError("odd")));
    await background.stop();
    expect(answers).toEqual([texts.ru.trouble]);
    expect(log.lines).toMatchObject([
      { level: "error", message: "Cannot handle what a chat asked for", fields: { error: "TypeError: odd" } },
    ]);
    expect(log.lines[0]?.fields?.stack).toContain("background.test.ts");
  });

  test("learns of a stop and may finish; nothing new begins afterwards", async () => {
    const { background } = createScene();
    const done: string[] = [];
    background.run(context, async (stop) => {
      await new Promise((resolve) => stop.addEventListener("abort", resolve));
      done.push("first");
    });
    await background.stop();
    background.run(context, async () => {
      done.push("late");
    });
    expect(done).toEqual(["first"]);
  });
});
