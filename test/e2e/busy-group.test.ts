import { expect, test } from "bun:test";
import { startTestApp, type TestApp } from "../support/app.ts";
import { createClock } from "../support/clock.ts";

const GROUP = -1_001_234_567_890;
const [ANN, BEN, CARL, DORA] = [1001, 1002, 1003, 1004];
const SECOND_MS = 1_000;
const MINUTE_S = 60;
const EVERY_S = 4;
const LINKS = 15;
/** Bot API: about so many messages a minute in a group, including edits. */
const MOST_IN_GROUPS = 20;

test("a group that takes 20 messages a minute gets answers to thirty links and a question within 10 s", async () => {
  const clock = createClock();
  await using app = await startTestApp(
    { DWLD_BOT_TELEGRAM_USERS: `${GROUP},${DORA}`, DWLD_BOT_DISPATCH_DELAY: "1h" },
    { now: clock.now, wait: clock.wait, burstMs: 5_000, mostInGroups: MOST_IN_GROUPS },
  );
  const group = app.api.group({ id: GROUP, title: "Thirty" });
  const [ann, ben, carl, dora] = [ANN, BEN, CARL, DORA].map((id) => app.api.user({ id, languageCode: "en" }));
  const sentAt: Record<string, number[]> = { ann: [], ben: [] };
  let askedAt = 0;
  for (let second = 0; second < MINUTE_S + 10; second += 1) {
    for (const [name, person, offset] of [
      ["ann", ann, 0],
      ["ben", ben, 2],
    ] as const) {
      const count = sentAt[name]?.length ?? 0;
      if (second % EVERY_S !== offset || count >= LINKS) continue;
      sentAt[name]?.push(clock.now());
      person?.sends(`https://${name}.example/${count + 1}`, { in: group });
    }
    if (second === 50) {
      askedAt = clock.now();
      carl?.sends("/queue", { in: group });
    }
    await caughtUp(app, dora);
    clock.advance(SECOND_MS);
  }
  for (const name of ["ann", "ben"]) {
    const late = (sentAt[name] ?? []).map((at, index) => shownAt(app, name, index + 1) - at);
    expect(Math.max(...late)).toBeLessThanOrEqual(10 * SECOND_MS);
    expect(late).toHaveLength(LINKS);
  }
  const answered = said(app).find(({ params }) => String(params.text).includes("in the queue"));
  expect((answered?.at ?? Number.POSITIVE_INFINITY) - askedAt).toBeLessThanOrEqual(10 * SECOND_MS);
  expect(app.api.calls.filter(({ response }) => response?.status === 429)).toEqual([]);
  expect(app.api.messages(group).filter(({ byBot, text }) => byBot && text.startsWith("15 links"))).toHaveLength(2);
});

test("a group that is never quiet still gets the message of what is in work", async () => {
  const clock = createClock();
  await using app = await startTestApp(
    { DWLD_BOT_TELEGRAM_USERS: `${GROUP},${DORA}` },
    { now: clock.now, wait: clock.wait, mostInGroups: MOST_IN_GROUPS },
  );
  const nas = await app.downloader({ name: "nas" });
  const group = app.api.group({ id: GROUP, title: "Thirty" });
  const [ann, carl, dora] = [ANN, CARL, DORA].map((id) => app.api.user({ id, languageCode: "en" }));
  for (let second = 0; second <= 2 * MINUTE_S; second += EVERY_S) {
    carl?.sends("/help", { in: group });
    if (second === MINUTE_S) ann?.sends("https://ann.example/1", { in: group });
    if (second === MINUTE_S) await nas.accepts("https://ann.example/1");
    await caughtUp(app, dora);
    clock.advance(EVERY_S * SECOND_MS);
  }
  await app.api.message(group, ({ text }) => text.startsWith("In progress: 1"));
});

const said = ({ api }: TestApp) =>
  api.calls.filter(
    ({ method, params }) => ["sendMessage", "editMessageText"].includes(method) && params.chat_id === GROUP,
  );

/** When the n-th link of a member appeared, or was counted, on a prompt; in epoch ms. */
function shownAt(app: TestApp, name: string, n: number): number {
  const shown = said(app).find(({ params }) => {
    if (!JSON.stringify(params.entities).includes(`https://${name}.example/1"`)) return false;
    return Number(/^(\d+) links/.exec(String(params.text))?.[1] ?? 1) >= n;
  });
  return shown?.at ?? Number.POSITIVE_INFINITY;
}

/** Resolves once the bot has done all it can for the group without the clock: it has answered somebody else twice meanwhile. */
async function caughtUp(app: TestApp, other: { id: number; sends(text: string): unknown } | undefined): Promise<void> {
  await app.api.settled();
  if (other === undefined) return;
  for (const _ of ["once", "and again"]) {
    const before = app.api.messages(other).filter(({ byBot }) => byBot).length;
    other.sends("/help");
    await app.api.message(other, () => app.api.messages(other).filter(({ byBot }) => byBot).length > before);
  }
}
