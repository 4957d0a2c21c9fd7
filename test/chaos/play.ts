import { ADMIN, createBinaryRig, EAGER } from "../support/binary.ts";
import type { Call } from "../support/bot-api/journal.ts";
import { isRecord } from "../support/bot-api/parameters.ts";
import { createWatch } from "../support/watch.ts";
import { createGuests } from "./guests.ts";
import type { History } from "./history.ts";
import { createLives } from "./lives.ts";
import { DOWNLOADERS, drawPlan, type Step } from "./plan.ts";
import { createSurroundings, type Heal } from "./surroundings.ts";

/** Short enough that a run shows their effects. */
const DISPATCH = { ...EAGER, delay: "300ms", deadline: "1s", uncertain_hold: "1s", max_attempts: 1000 };
export const STEPS = 40;
/** How often the delay of the rig is measured. */
const LOOK_MS = 50;
/** How often the end is awaited, each time for as long as an event may take. */
const MOST_WAITS = 4;
/** A time further ahead than this was chosen by somebody, or is that of the next try. */
const SOON_MS = 5_000;

/** Plays what is drawn from the seed, heals everything, and waits until the bot has recovered as far as it can. */
export async function play(seed: number, { steps = STEPS } = {}): Promise<History> {
  const watch = createWatch();
  const acceptedAt = new Map<string, number>();
  const acceptances: { link: string; at: number }[] = [];
  using lateness = measureLateness();
  await using rig = createBinaryRig({ config: { dispatch: DISPATCH }, onApiCall: watch.changed });
  await using surroundings = await createSurroundings(rig, {
    accepted(link) {
      acceptances.push({ link, at: Date.now() });
      if (!acceptedAt.has(link)) acceptedAt.set(link, Date.now());
      watch.changed();
    },
    called: watch.changed,
  });
  rig.api.user({ id: ADMIN, languageCode: "en", started: true });
  const guests = createGuests(rig.api, seed);
  const lives = createLives(rig);
  const everyone = DOWNLOADERS.map((_, who) => who);
  const registerAll = async () => {
    const address = await lives.settled();
    await Promise.all(everyone.map((who) => surroundings.register(who, address)));
  };

  await registerAll();
  const heals = await playSteps(drawPlan(seed, steps));
  for (const heal of heals) heal();
  await registerAll();
  await lives.end();
  // Skips the minutes between two tries.
  rig.change("update deletions set delete_at = 0");
  rig.change("update links set send_at = 0");
  await lives.settled();
  const isOver = () => {
    if (guests.wanted().every((link) => acceptedAt.has(link)) && guests.areFirstMessagesGone()) return true;
    // A press on "Tomorrow" may have waited for this run.
    rig.change(`update links set send_at = 0 where send_at > ${Date.now() + SOON_MS}`);
    // Everybody who is asked whether a link is wanted again says yes.
    rig.change("update links set state = 'queued', send_at = 0 where state = 'asking'");
    return undefined;
  };
  const happened = () => acceptances.length + rig.api.calls.filter(({ method }) => method !== "getUpdates").length;
  // On a busy machine this takes minutes, so it goes on while anything happens. Afterwards the judge says what is missing.
  for (let [tries, before] = [0, -1]; tries < MOST_WAITS && before < happened(); tries += 1) {
    before = happened();
    const isEnd = await watch.until(isOver, { what: "the end", seen: () => "" }).catch(() => false);
    if (isEnd) break;
  }
  await lives.end();
  const rows = (table: string) => rig.rows(`select * from ${table}`);
  return {
    seed,
    lateMs: lateness.worstMs,
    sent: guests.sent,
    removed: guests.removed,
    removals: guests.removals,
    undone: guests.undone,
    acceptances,
    acceptedAt,
    lives: lives.ended,
    locks: surroundings.locks,
    downloaders: surroundings.fleet.map(({ name, accepted, calls }) => ({
      name,
      accepted,
      dropped: new Set(calls.filter(({ method }) => method === "DeleteFromQueue").map((it) => String(it.request.link))),
    })),
    left: new Map([...guests.chats, ADMIN].map((id) => [id, rig.api.messages(id)])),
    deleted: rig.api.deleted,
    written: rig.api.calls
      .filter(isWriting)
      .map(({ params }) => ({
        chatId: Number(params.chat_id),
        text: JSON.stringify(params),
      }))
      .filter(({ chatId }) => chatId !== ADMIN),
    learnt: new Map(rig.api.calls.flatMap(learntFrom)),
    rows: {
      links: rows("links"),
      deliveries: rows("deliveries"),
      deletions: rows("deletions"),
      strays: rows("strays"),
      workMessages: rows("work_messages"),
    },
    quickCheck: rig.rows("pragma quick_check"),
  };

  async function playSteps(plan: readonly Step[]): Promise<readonly Heal[]> {
    const faults = new Set<{ readonly until: number; readonly heal: Heal }>();
    let startsAt = 0;
    for (const [index, { afterMs, happening }] of plan.entries()) {
      await Bun.sleep(afterMs);
      for (const fault of faults) {
        if (fault.until > index) continue;
        faults.delete(fault);
        fault.heal();
      }
      if (index >= startsAt) lives.begin();
      if (happening.do === "kill") lives.kill();
      if (happening.do === "stop") lives.stop();
      if (happening.do === "kill" || happening.do === "stop") startsAt = index + 1 + happening.lasts;
      guests.act(happening);
      const heal = surroundings.befall(happening);
      if (heal !== undefined && "lasts" in happening) faults.add({ until: index + happening.lasts, heal });
      if (happening.do === "move" || happening.do === "register") {
        // Once, as existing downloaders do, regardless of the result.
        const registered = lives.address()?.then((address) => surroundings.register(happening.who, address));
        registered?.catch(() => undefined);
      }
    }
    return [...faults].map(({ heal }) => heal);
  }
}

/** Measures by how much timers of this process are delayed, at most. */
function measureLateness(): Disposable & { readonly worstMs: number } {
  let worstMs = 0;
  let dueAt = Date.now() + LOOK_MS;
  const timer = setInterval(() => {
    const at = Date.now();
    worstMs = Math.max(worstMs, at - dueAt);
    dueAt = at + LOOK_MS;
  }, LOOK_MS);
  return {
    get worstMs() {
      return worstMs;
    },
    [Symbol.dispose]: () => clearInterval(timer),
  };
}

function isWriting({ method, params }: Call): boolean {
  return params.chat_id !== undefined && ["sendMessage", "editMessageText"].includes(method);
}

/** The id of a message of the bot, and when the bot learned it. */
function learntFrom({ method, params, at, response }: Call): [string, number][] {
  if (method !== "sendMessage" || response?.status !== 200 || !isRecord(response.body)) return [];
  const { result } = response.body;
  return isRecord(result) ? [[`${params.chat_id} ${result.message_id}`, at]] : [];
}
