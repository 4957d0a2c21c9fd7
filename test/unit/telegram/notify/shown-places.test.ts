import { expect, test } from "bun:test";
import { createShownPlaces } from "../../../../src/telegram/notify/shown-places.ts";
import { unshown } from "../../../../src/telegram/notify/work-message.ts";

const ANN = { chatId: 1, threadId: null };
const GROUP = { chatId: -2, threadId: null };
const TOPIC = { chatId: -2, threadId: 7 };

function threePlaces() {
  const shown = createShownPlaces();
  for (const place of [ANN, GROUP, TOPIC]) shown.put(unshown(place));
  const list = (chatId?: number) => shown.list(chatId).map(({ place }) => place);
  return { shown, list };
}

test("the latest place is last, among all and within its chat", () => {
  const { shown, list } = threePlaces();
  expect([list(), list(-2), list(3)]).toEqual([[ANN, GROUP, TOPIC], [GROUP, TOPIC], []]);
  shown.put(unshown(GROUP));
  expect([list(), list(-2)]).toEqual([
    [ANN, TOPIC, GROUP],
    [TOPIC, GROUP],
  ]);
});

test("a topic that is removed leaves the others of its chat", () => {
  const { shown, list } = threePlaces();
  shown.remove(TOPIC);
  shown.remove(TOPIC);
  expect([list(), list(-2), shown.has(TOPIC), shown.at(TOPIC)]).toEqual([[ANN, GROUP], [GROUP], false, undefined]);
  expect(shown.at(GROUP)?.place).toEqual(GROUP);
});

test("a chat is forgotten with all its topics", () => {
  const { shown, list } = threePlaces();
  shown.forgetChat(-2);
  shown.forgetChat(-9);
  expect([list(), list(-2), shown.has(GROUP)]).toEqual([[ANN], [], false]);
});
