import type { Meter } from "../domain/readings.ts";
import type { WayState } from "../domain/way.ts";
import type { ChatMigration } from "../service/chats/migration.ts";
import type { DeleteMessages } from "../service/sweeper.ts";
import type { Admins } from "./admins.ts";
import type { Cards } from "./cards.ts";
import { createDeleteMessages } from "./delete-messages.ts";
import { UPDATE_KINDS } from "./front.ts";
import { type Abilities, type IncomingSettings, installIncoming } from "./incoming.ts";
import type { Notices } from "./notices.ts";
import { createOutgoing } from "./outgoing.ts";
import { wait } from "./pace.ts";
import type { InWork } from "./poll/batch.ts";
import { kindOf } from "./poll/update.ts";
import { createPoll, type PollHealth, type PollStep } from "./poll.ts";
import { openReach } from "./reach/open-reach.ts";
import type { WaySettings } from "./reach/ways.ts";

/** How long what goes on in the background may still find something to say at the end. */
const LAST_WORDS_MS = 1_000;

/** From the config; durations in ms. */
export interface TelegramSettings extends IncomingSettings {
  /** How the Bot API is reached. */
  readonly reach: WaySettings;
}

/** The whole front: everything that talks to people. */
export interface Telegram {
  readonly cards: Cards;
  readonly notices: Notices;
  readonly admins: Admins;
  readonly deleteMessages: DeleteMessages;
  readonly health: PollHealth;
  /** Every way to Telegram, in order of preference. */
  readonly ways: readonly WayState[];
  /**
   * Takes updates until `stop` aborts; resolves with `unauthorized` when the very first contact says that the token is wrong.
   */
  run(stop: AbortSignal): Promise<"stopped" | "unauthorized">;
  /**
   * Renews old prompts, sends those that got lost, tells Telegram of roles that it could not be told of before, and so on;
   * every hour or so.
   */
  upkeep(): void;
  /** Sends what still waits, for a few seconds, then gives it up. Call it after `run` has ended. */
  close(): Promise<void>;
}

export function createTelegram(
  deps: Abilities & {
    settings: TelegramSettings;
    migration: ChatMigration;
    inWork: InWork;
    random: () => number;
    onPollStep: (step: PollStep) => void;
    meter: Pick<Meter, "telegramFailed" | "updated">;
  },
): Telegram {
  const { settings, now, random, log } = deps;
  const opened = openReach({
    settings: { token: settings.token, ...settings.reach },
    onFailure: deps.meter.telegramFailed,
    now,
    wait,
    log,
  });
  const { api, reach } = opened;
  let watching: Promise<void> | undefined;
  const outgoing = createOutgoing({ ...deps, api });
  const { messenger, cards, notices } = outgoing;
  const incoming = installIncoming({ ...deps, ...outgoing, api, ways: () => reach.states });
  const poll = createPoll({
    api,
    kinds: UPDATE_KINDS,
    handle(update) {
      deps.meter.updated(kindOf(update) ?? "none");
      return api.bot.updates.handleUpdate(update);
    },
    inWork: deps.inWork,
    now,
    random,
    wait,
    log,
    onStep: deps.onPollStep,
    renewed: () => reach.renewed,
    isRefusedEverywhere: reach.isRefusedEverywhere,
    onConflict: () => incoming.admins.tell({ kind: "conflict" }),
    onPoison: () => incoming.admins.tell({ kind: "poison" }),
  });

  return {
    cards,
    notices,
    admins: incoming.admins,
    deleteMessages: createDeleteMessages(messenger),
    get health() {
      return poll.health;
    },
    get ways() {
      return reach.states;
    },
    async run(stop) {
      cards.showUnprompted();
      incoming.upkeep();
      watching = reach.watch(stop);
      return poll.run(stop);
    },
    upkeep() {
      cards.renew();
      incoming.upkeep();
      cards.showUnprompted();
    },
    async close() {
      incoming.admins.close();
      const ended = incoming.background.stop();
      const patience = new AbortController();
      await Promise.race([ended, wait(LAST_WORDS_MS, patience.signal)]);
      patience.abort();
      // Some of it waits for Telegram itself, which may be out of reach: the messenger gives that up.
      await messenger.stop();
      await ended;
      await watching;
      opened[Symbol.dispose]();
    },
  };
}
