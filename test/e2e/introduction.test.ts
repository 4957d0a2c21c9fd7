import { expect, test } from "bun:test";
import { startTestApp, type TestApp } from "../support/app.ts";
import { SERVER_ERROR } from "../support/bot-api/faults.ts";

const sets = (app: TestApp) =>
  app.api.calls.filter(({ method }) => /^setMy(Short)?Description$/.test(method)).map(({ method }) => method);
const shown = (app: TestApp, language = "") => [
  app.api.description("description", language),
  app.api.description("short_description", language),
];

test("the bot sets its descriptions in both languages, and not again after a restart", async () => {
  await using app = await startTestApp();
  await app.api.waitFor(() => app.api.description("short_description", "ru") !== "");
  expect(shown(app)).toEqual([
    expect.stringContaining("Send me links to videos"),
    expect.stringContaining("Takes links"),
  ]);
  expect(shown(app, "ru")).toEqual([
    expect.stringContaining("Присылайте ссылки"),
    expect.stringContaining("Принимает ссылки"),
  ]);
  expect(sets(app)).toHaveLength(4);
  const before = app.api.calls.length;
  await app.restart();
  await app.api.waitFor(
    ({ method, params, response }) =>
      method === "getMyShortDescription" && params.language_code === "ru" && response !== undefined,
    { after: before },
  );
  await app.api.settled();
  expect(sets(app)).toHaveLength(4);
});

test("a description that the operator wrote stays, and Telegram's errors do not keep the bot from starting", async () => {
  await using app = await startTestApp();
  await app.api.waitFor(() => app.api.description("short_description", "ru") !== "");
  const own = "Anna's bot";
  await fetch(`${app.api.root}/bot${app.api.token}/setMyDescription`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ description: own }),
  });
  const fault = app.api.fail("getMyDescription", SERVER_ERROR);
  await app.restart();
  app.api.user({ id: 1001, languageCode: "en" }).sends("/help");
  await app.api.message(1001, ({ text }) => text.includes("/queue"));
  fault.release();
  const before = app.api.calls.length;
  await app.restart();
  await app.api.waitFor(({ method }) => method === "getMyShortDescription", { after: before });
  await app.api.settled();
  expect(shown(app)[0]).toBe(own);
});
