CREATE TABLE `rule_versions` (
	`name` text PRIMARY KEY NOT NULL,
	`version` integer NOT NULL
);
--> statement-breakpoint
ALTER TABLE `deliveries` ADD `keeps_message` integer DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `links` ADD `keeps_message` integer DEFAULT false NOT NULL;