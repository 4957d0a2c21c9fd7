CREATE TABLE `attempts` (
	`link_id` integer PRIMARY KEY NOT NULL,
	`downloader` text NOT NULL,
	`started_at` integer NOT NULL,
	`asks` integer DEFAULT 0 NOT NULL,
	FOREIGN KEY (`link_id`) REFERENCES `links`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `chats` (
	`chat_id` integer PRIMARY KEY NOT NULL,
	`language` text,
	`seen_language` text,
	`quality` text,
	`folder` text,
	`lifetime_ms` integer,
	`notices` text,
	`blocked_at` integer,
	`menu` text
);
--> statement-breakpoint
CREATE TABLE `deletions` (
	`chat_id` integer NOT NULL,
	`message_id` integer NOT NULL,
	`delete_at` integer NOT NULL,
	PRIMARY KEY(`chat_id`, `message_id`)
);
--> statement-breakpoint
CREATE INDEX `deletions_due` ON `deletions` (`delete_at`);--> statement-breakpoint
CREATE TABLE `deliveries` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`link_id` integer NOT NULL,
	`chat_id` integer NOT NULL,
	`thread_id` integer,
	`message_id` integer,
	`sender` text NOT NULL,
	`url` text NOT NULL,
	`key` text NOT NULL,
	`quality` text NOT NULL,
	`folder` text,
	`downloader` text NOT NULL,
	`state` text DEFAULT 'open' NOT NULL,
	`status` text,
	`name` text,
	`trouble` text,
	`seen_at` integer,
	`accepted_at` integer NOT NULL,
	`closed_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `deliveries_link_id_unique` ON `deliveries` (`link_id`);--> statement-breakpoint
CREATE INDEX `deliveries_key` ON `deliveries` (`key`,`accepted_at`);--> statement-breakpoint
CREATE INDEX `deliveries_chat` ON `deliveries` (`chat_id`,`accepted_at`);--> statement-breakpoint
CREATE INDEX `deliveries_open` ON `deliveries` (`downloader`) WHERE "state" = 'open';--> statement-breakpoint
CREATE INDEX `deliveries_closed` ON `deliveries` (`closed_at`);--> statement-breakpoint
CREATE TABLE `downloaders` (
	`name` text PRIMARY KEY NOT NULL,
	`roots` text NOT NULL,
	`host` text NOT NULL,
	`port` integer NOT NULL,
	`registered_at` integer NOT NULL,
	`last_seen_at` integer,
	`failures` integer DEFAULT 0 NOT NULL,
	`paused` integer DEFAULT false NOT NULL
);
--> statement-breakpoint
CREATE TABLE `grants` (
	`id` integer PRIMARY KEY NOT NULL,
	`role` text NOT NULL,
	`until` integer,
	`name` text NOT NULL,
	`granted_by` integer NOT NULL,
	`granted_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `intake` (
	`chat_id` integer NOT NULL,
	`message_id` integer NOT NULL,
	`received_at` integer NOT NULL,
	`keys` text NOT NULL,
	PRIMARY KEY(`chat_id`, `message_id`)
);
--> statement-breakpoint
CREATE INDEX `intake_received` ON `intake` (`received_at`);--> statement-breakpoint
CREATE TABLE `invites` (
	`code` text PRIMARY KEY NOT NULL,
	`role` text NOT NULL,
	`lasts_ms` integer,
	`created_by` integer NOT NULL,
	`expires_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `links` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`chat_id` integer NOT NULL,
	`thread_id` integer,
	`message_id` integer,
	`prompt_id` integer,
	`prompted_at` integer,
	`sender` text NOT NULL,
	`url` text NOT NULL,
	`key` text NOT NULL,
	`quality` text NOT NULL,
	`folder` text,
	`downloader` text,
	`send_at` integer NOT NULL,
	`state` text DEFAULT 'queued' NOT NULL,
	`attempts` integer DEFAULT 0 NOT NULL,
	`last_error` text,
	`undo` text,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `links_due` ON `links` (`send_at`,`id`) WHERE "state" in ('queued', 'uncertain');--> statement-breakpoint
CREATE INDEX `links_key` ON `links` (`key`);--> statement-breakpoint
CREATE INDEX `links_message` ON `links` (`chat_id`,`message_id`);--> statement-breakpoint
CREATE INDEX `links_chat` ON `links` (`chat_id`,("state" = 'failed'),`send_at`,`id`);--> statement-breakpoint
CREATE INDEX `links_all` ON `links` (("state" = 'failed'),`send_at`,`id`);--> statement-breakpoint
CREATE INDEX `links_unmatched` ON `links` (`id`) WHERE "state" = 'unmatched';--> statement-breakpoint
CREATE INDEX `links_being_handed_over` ON `links` (`id`) WHERE "state" in ('sending', 'uncertain');--> statement-breakpoint
CREATE INDEX `links_unprompted` ON `links` (`id`) WHERE "prompt_id" is null;--> statement-breakpoint
CREATE INDEX `links_removed` ON `links` (`send_at`) WHERE "state" = 'removed';--> statement-breakpoint
CREATE INDEX `links_prompted` ON `links` (`prompted_at`) WHERE "prompt_id" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX `links_chat_key` ON `links` (`chat_id`,`key`);--> statement-breakpoint
CREATE TABLE `strangers` (
	`id` integer PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`asked_at` integer NOT NULL,
	`cards` text NOT NULL,
	`refused_until` integer,
	`refused_by` integer
);
--> statement-breakpoint
CREATE INDEX `strangers_asked` ON `strangers` (`asked_at`);--> statement-breakpoint
CREATE TABLE `strays` (
	`key` text NOT NULL,
	`downloader` text NOT NULL,
	`since` integer NOT NULL,
	PRIMARY KEY(`key`, `downloader`)
);
--> statement-breakpoint
CREATE INDEX `strays_since` ON `strays` (`since`);--> statement-breakpoint
CREATE TABLE `updates_in_work` (
	`update_id` integer PRIMARY KEY NOT NULL,
	`tries` integer DEFAULT 1 NOT NULL
);
