import type { Log } from "../domain/log.ts";
import type { InviteDesk } from "../service/access/invites.ts";
import type { AccessRequests } from "../service/access/requests.ts";
import type { Access } from "../service/access.ts";
import type { MessageRetention } from "../service/cleanup/message-retention.ts";
import type { Preferences } from "../service/preferences.ts";
import type { Servers } from "../service/servers.ts";
import type { FindWhereabouts } from "../service/whereabouts.ts";
import { type Admins, createAdmins } from "./admins.ts";
import type { Background } from "./background.ts";
import type { Command } from "./command.ts";
import { createClean } from "./handlers/clean.ts";
import { createInvite } from "./handlers/invite.ts";
import type { PressHandler } from "./handlers/press.ts";
import { createServerList } from "./handlers/servers.ts";
import { createDoor, type Door } from "./handlers/strangers.ts";
import { createUsers } from "./handlers/users.ts";
import { createWhere } from "./handlers/where.ts";
import { createMenu } from "./menu.ts";
import type { Messenger } from "./messenger.ts";
import type { Speaker } from "./speaker.ts";
import { createStrangerCards } from "./stranger-cards.ts";

/** What admins have and hear besides everything that users have, and who is let in at all (rule 9). */
export interface Administration {
  readonly admins: Admins;
  readonly door: Door;
  readonly commands: readonly Command[];
  readonly presses: readonly PressHandler[];
  /** Tells Telegram of the roles that it does not know of yet, and forgets old strangers; every hour or so. */
  upkeep(): void;
}

export function createAdministration(deps: {
  retention: MessageRetention;
  access: Access;
  requests: AccessRequests;
  invites: InviteDesk;
  servers: Servers;
  find: FindWhereabouts;
  preferences: Preferences;
  messenger: Messenger;
  speaker: Speaker;
  background: Background;
  settings: {
    readonly token: string;
    readonly timeZone: string;
    readonly allowPrivate: boolean;
  };
  /** The bot's own; undefined until Telegram has told it. */
  username: () => string | undefined;
  start: Command;
  /** Of everyone; not asked for before everything is built. */
  commands: () => readonly Command[];
  now: () => number;
  log: Log;
}): Administration {
  const admins = createAdmins(deps);
  const [botId = ""] = deps.settings.token.split(":");
  const menu = createMenu({ ...deps, botId });
  const cards = createStrangerCards({ ...deps, menu });
  const servers = createServerList(deps);
  const users = createUsers({ ...deps, menu });
  const clean = createClean(deps);
  return {
    admins,
    door: createDoor({ ...deps, cards, menu, admins }),
    commands: [servers.command, users.command, createInvite(deps), clean.command, createWhere(deps)],
    presses: [cards.press, servers.press, users.press, clean.press],
    upkeep() {
      menu.sync();
      deps.requests.forget();
    },
  };
}
