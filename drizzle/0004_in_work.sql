CREATE TABLE `cancellations` (
	`delivery_id` integer PRIMARY KEY NOT NULL,
	`cancel_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `cancellations_due` ON `cancellations` (`cancel_at`);--> statement-breakpoint
CREATE TABLE `work_messages` (
	`chat_id` integer NOT NULL,
	`thread_id` integer NOT NULL,
	`message_id` integer NOT NULL,
	`sent_at` integer NOT NULL,
	PRIMARY KEY(`chat_id`, `thread_id`)
);
--> statement-breakpoint
CREATE INDEX `deliveries_in_work` ON `deliveries` (`chat_id`,`thread_id`) WHERE "state" = 'open';