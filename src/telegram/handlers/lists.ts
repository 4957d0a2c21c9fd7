import type { Log } from "../../domain/log.ts";
import type { WayState } from "../../domain/way.ts";
import type { Access } from "../../service/access.ts";
import type { Fleet } from "../../service/fleet.ts";
import type { Queue } from "../../service/queue.ts";
import type { CountWaiting } from "../../service/waiting.ts";
import type { Background } from "../background.ts";
import type { CardSettings } from "../card/choices.ts";
import type { Cards } from "../cards.ts";
import type { Command } from "../command.ts";
import { createLive, type LivePace } from "../live.ts";
import type { Messenger } from "../messenger.ts";
import { wait } from "../pace.ts";
import type { Speaker } from "../speaker.ts";
import { createPlainLinks } from "./plain-links.ts";
import type { PressHandler } from "./press.ts";
import { createQueueList } from "./queue.ts";
import { createRemove } from "./remove.ts";
import { createStatus } from "./status.ts";

/** What shows people what they have, here and at the downloaders: `/queue`, `/status`, `/links` and `/remove`. */
export function createLists(deps: {
  settings: Pick<CardSettings, "qualities" | "timeZone"> & { readonly live: LivePace };
  queue: Queue;
  fleet: Fleet;
  access: Pick<Access, "nameOf">;
  countWaiting: CountWaiting;
  background: Background;
  cards: Cards;
  speaker: Speaker;
  messenger: Messenger;
  ways: () => readonly WayState[];
  now: () => number;
  log: Log;
}): { commands: readonly Command[]; presses: readonly PressHandler[] } {
  const queueList = createQueueList(deps);
  const live = createLive({ ...deps, pace: deps.settings.live, wait });
  const status = createStatus({ ...deps, live });
  const remove = createRemove(deps);
  return {
    commands: [queueList.command, status.command, createPlainLinks(deps), remove],
    presses: [queueList.press, status.press],
  };
}
