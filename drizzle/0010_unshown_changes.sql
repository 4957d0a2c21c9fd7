ALTER TABLE `links` ADD `unshown_changes` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX `links_behind` ON `links` (`id`) WHERE "unshown_changes" > 0;