ALTER TABLE `deliveries` ADD `keeps_message` integer DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `links` ADD `keeps_message` integer DEFAULT false NOT NULL;