CREATE TABLE `held_messages` (
	`chat_id` integer NOT NULL,
	`message_id` integer NOT NULL,
	`links` integer NOT NULL,
	`held_at` integer NOT NULL,
	`content` text NOT NULL,
	PRIMARY KEY(`chat_id`, `message_id`)
);
--> statement-breakpoint
ALTER TABLE `grants` ADD `undo` text;--> statement-breakpoint
ALTER TABLE `grants` ADD `warned` integer DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `strangers` ADD `thread_id` integer;