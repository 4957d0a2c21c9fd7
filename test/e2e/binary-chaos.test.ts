import { expect, test } from "bun:test";
import { createDice } from "../support/binary/dice.ts";
import { createBinaryRig, EAGER, USERS } from "../support/binary.ts";
import type { Person } from "../support/bot-api/people.ts";
import type { Mode } from "../support/downloader/mode.ts";
import { createWatch } from "../support/watch.ts";

const KILLS = 25;
const LINKS_PER_LIFE = 2;
/** Telegram and the downloaders see at least this many events in a life that is left alone. */
const MOST_EVENTS = 12;
const MODES: readonly Mode[] = ["ok", "ok", "hang_after_accept", "drop_after_accept"];
/** Repeats a run: what people send, what goes wrong and when the bot dies follow from it. */
const SEED = Number(process.env.DWLD_BOT_SEED ?? Date.now() % 1_000_000);

test(`${KILLS} kills at random moments lose no link and send none twice (DWLD_BOT_SEED=${SEED})`, async () => {
  const dice = createDice(SEED);
  const watch = createWatch();
  let events = 0;
  const count = () => {
    events += 1;
    watch.changed();
  };
  // A downloader that does not answer is given up on within the life of the bot.
  const config = { dispatch: { ...EAGER, deadline: "1s" } };
  await using rig = createBinaryRig({ config, onApiCall: count });
  const first = await rig.start();
  const options = { onCall: count, onAccept: count };
  const fleet = await Promise.all(
    ["nas", "abroad", "attic"].map((name) => rig.downloader(first, { name, ...options })),
  );
  await first.kill();
  const people = USERS.map((id) => rig.api.user({ id, languageCode: "en" }));
  const sent: { url: string; person: Person; messageId: number }[] = [];

  for (let kill = 0; kill < KILLS; kill += 1) {
    for (const downloader of fleet) downloader.mode = dice.pick(MODES);
    const person = dice.pick(people);
    const urls = Array.from({ length: LINKS_PER_LIFE }, (_, nth) => `https://example.com/${kill}/${nth}`);
    const message = person.sends(urls.join(" "));
    for (const url of urls) sent.push({ url, person, messageId: message.message_id });
    const last = events + dice.upTo(MOST_EVENTS);
    const life = rig.spawn();
    await watch.until(() => events >= last || undefined, {
      what: `event ${last}`,
      seen: () => `There were ${events}.\n${life.output}`,
    });
    await life.kill();
  }

  for (const downloader of fleet) downloader.mode = "ok";
  // A deletion that was begun is repeated after half a minute, and a silent downloader is asked again after up to a minute:
  // both times are made to have passed.
  rig.change("update deletions set delete_at = 0");
  rig.change("update links set send_at = 0");
  const last = await rig.start();
  for (const { url } of sent) await rig.acceptedBy(url);
  for (const { person, messageId } of sent) await rig.api.gone(person, messageId);
  expect(await last.stop()).toBe(0);

  const urls = sent.map(({ url }) => url).sort();
  expect(rig.accepted().sort()).toEqual(urls);
  expect(rig.rows("select * from links")).toEqual([]);
  expect(rig.rows("select url from deliveries order by url").map(({ url }) => url)).toEqual(urls);
  for (const { name, accepted } of fleet) {
    const recorded = rig.rows(`select url from deliveries where downloader = '${name}' order by url`);
    expect(recorded.map(({ url }) => String(url))).toEqual([...accepted].sort());
  }
  expect(rig.rows("pragma quick_check")).toEqual([{ quick_check: "ok" }]);
  const works = rig.rows("select message_id from work_messages").map((row) => row.message_id);
  // A prompt whose id the bot never learnt stays: at most one for each kill, and nothing else.
  for (const person of people) {
    const orphans = rig.api.messages(person).filter(({ id }) => !works.includes(id));
    const shown = orphans.map(({ byBot, text }) => (byBot ? text.split("\n")[0] : text));
    const isOfWork = (line = "") => line.startsWith("In progress");
    expect(shown.filter((line) => !urls.includes(line ?? "") && !isOfWork(line))).toEqual([]);
    expect(orphans.length).toBeLessThanOrEqual(KILLS);
  }
});
