import type { Access } from "../service/access/access.ts";
import type { AccessChanges } from "../service/access/access-changes.ts";
import type { MessageHold } from "../service/access/held-messages.ts";
import type { InviteDesk } from "../service/access/invites.ts";
import type { AccessRequests } from "../service/access/requests.ts";
import type { ForgetChat } from "../service/chats/forget-chat.ts";
import type { ChatMigration } from "../service/chats/migration.ts";
import type { Preferences } from "../service/chats/preferences.ts";
import type { MessageRetention } from "../service/cleanup/message-retention.ts";
import type { CountBacklog } from "../service/fleet/backlog.ts";
import type { DownloaderAdmin } from "../service/fleet/downloader-admin.ts";
import type { Fleet } from "../service/fleet/fleet.ts";
import type { TraceLink } from "../service/fleet/trace-link.ts";
import type { Enqueue } from "../service/queue/enqueue.ts";
import type { LinkPrompts } from "../service/queue/prompts.ts";
import type { Queue } from "../service/queue/queue.ts";
import type { CheckQuota } from "../service/queue/quota.ts";
import type { Resend } from "../service/queue/resend.ts";
import type { Cancellation } from "../service/tracking/cancellation.ts";
import type { InWork } from "../service/tracking/in-work.ts";
import type { WorkMessageKeeper } from "../service/tracking/work-messages.ts";

/** What the bot can do for those who write to it. */
export interface Abilities {
  readonly access: Access;
  readonly accessChanges: AccessChanges;
  readonly requests: AccessRequests;
  readonly messageHold: MessageHold;
  readonly invites: InviteDesk;
  readonly downloaderAdmin: DownloaderAdmin;
  readonly traceLink: TraceLink;
  readonly preferences: Preferences;
  readonly queue: Queue;
  readonly linkPrompts: LinkPrompts;
  readonly retention: MessageRetention;
  readonly enqueue: Enqueue;
  readonly resend: Resend;
  readonly checkQuota: CheckQuota;
  readonly fleet: Fleet;
  readonly inWork: InWork;
  readonly cancellation: Cancellation;
  readonly workMessages: WorkMessageKeeper;
  readonly countBacklog: CountBacklog;
  readonly migration: ChatMigration;
  readonly forgetChat: ForgetChat;
}
