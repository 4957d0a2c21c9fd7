CREATE TABLE `news` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`chat_id` integer NOT NULL,
	`thread_id` integer,
	`message_id` integer,
	`kind` text NOT NULL,
	`about` integer NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `news_message` ON `news` (`chat_id`,`message_id`);--> statement-breakpoint
CREATE INDEX `news_untold` ON `news` (`chat_id`,`thread_id`,`id`) WHERE "message_id" is null;--> statement-breakpoint
CREATE INDEX `news_created` ON `news` (`created_at`);--> statement-breakpoint
CREATE TABLE `presence_messages` (
	`chat_id` integer PRIMARY KEY NOT NULL,
	`message_id` integer NOT NULL,
	`until` integer NOT NULL
);
--> statement-breakpoint
ALTER TABLE `chats` ADD `quiet` text;