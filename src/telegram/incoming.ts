import type { Log } from "../domain/log.ts";
import type { WayState } from "../domain/way.ts";
import type { InviteDesk } from "../service/access/invites.ts";
import type { AccessRequests } from "../service/access/requests.ts";
import type { Access } from "../service/access.ts";
import type { MessageRetention } from "../service/cleanup/message-retention.ts";
import type { Fleet } from "../service/fleet.ts";
import type { Preferences } from "../service/preferences.ts";
import type { SendAgain } from "../service/queue/again.ts";
import type { Enqueue } from "../service/queue/enqueue.ts";
import type { LinkPrompts } from "../service/queue/prompts.ts";
import type { CheckQuota } from "../service/queue/quota.ts";
import type { Queue } from "../service/queue.ts";
import type { Servers } from "../service/servers.ts";
import type { CountWaiting } from "../service/waiting.ts";
import type { FindWhereabouts } from "../service/whereabouts.ts";
import { type Administration, createAdministration } from "./administration.ts";
import type { Api } from "./api.ts";
import { type Background, createBackground } from "./background.ts";
import type { CardSettings } from "./card/choices.ts";
import type { Command } from "./command.ts";
import { installFront } from "./front.ts";
import { createAgain } from "./handlers/again.ts";
import { createTakeLinks, type LinkSettings } from "./handlers/links.ts";
import { createLists } from "./handlers/lists.ts";
import { createLinkPress } from "./handlers/press.ts";
import { createSettings } from "./handlers/settings.ts";
import { createWelcome } from "./handlers/start.ts";
import type { LivePace } from "./live.ts";
import type { Outgoing } from "./outgoing.ts";

/** From the config; durations in ms. */
export interface IncomingSettings extends CardSettings, LinkSettings {
  readonly token: string;
  readonly delayMs: number;
  /** Of /status. */
  readonly live: LivePace;
}

/** What the bot can do for those who write to it. */
export interface Abilities {
  readonly access: Access;
  readonly requests: AccessRequests;
  readonly invites: InviteDesk;
  readonly servers: Servers;
  readonly find: FindWhereabouts;
  readonly preferences: Preferences;
  readonly queue: Queue;
  readonly prompts: LinkPrompts;
  readonly retention: MessageRetention;
  readonly enqueue: Enqueue;
  readonly sendAgain: SendAgain;
  readonly checkQuota: CheckQuota;
  readonly fleet: Fleet;
  readonly countWaiting: CountWaiting;
  readonly now: () => number;
  readonly log: Log;
}

/** Puts everything that people can say and press on the bot. */
export function installIncoming(
  deps: Abilities &
    Outgoing & {
      api: Api;
      settings: IncomingSettings;
      /** Every way to Telegram. */
      ways: () => readonly WayState[];
    },
): Pick<Administration, "admins" | "upkeep"> & { background: Background } {
  const { api, settings } = deps;
  const background = createBackground(deps);
  const lists = createLists({ ...deps, background });
  const chatSettings = createSettings({ ...deps, qualities: settings.qualities, folders: settings.folders });
  const welcome = createWelcome({ ...deps, delayMs: settings.delayMs, commands: () => commands });
  const administration = createAdministration({
    ...deps,
    background,
    username: () => api.bot.info?.username,
    start: welcome.start,
    commands: () => commands,
  });
  const commands: readonly Command[] = [
    welcome.start,
    welcome.help,
    ...lists.commands,
    chatSettings.command,
    ...administration.commands,
  ];
  installFront({
    ...deps,
    commands,
    presses: [
      createLinkPress(deps),
      ...lists.presses,
      chatSettings.press,
      createAgain(deps),
      ...administration.presses,
    ],
    takeLinks: createTakeLinks({ ...deps, bot: () => api.bot.info }),
    door: administration.door,
  });
  return { admins: administration.admins, upkeep: administration.upkeep, background };
}
