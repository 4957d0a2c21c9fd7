ALTER TABLE `deletions` ADD `batch_id` integer;--> statement-breakpoint
ALTER TABLE `deliveries` ADD `batch_id` integer;--> statement-breakpoint
ALTER TABLE `deliveries` ADD `sender_id` integer;--> statement-breakpoint
ALTER TABLE `deliveries` ADD `title` text;--> statement-breakpoint
CREATE INDEX `deliveries_batch` ON `deliveries` (`batch_id`) WHERE "batch_id" is not null;--> statement-breakpoint
ALTER TABLE `links` ADD `batch_id` integer;--> statement-breakpoint
ALTER TABLE `links` ADD `sender_id` integer;--> statement-breakpoint
ALTER TABLE `links` ADD `title` text;--> statement-breakpoint
CREATE INDEX `links_batch` ON `links` (`batch_id`) WHERE "batch_id" is not null;--> statement-breakpoint
CREATE INDEX `links_arrived` ON `links` (`chat_id`,`created_at`);