CREATE INDEX `news_about` ON `news` (`chat_id`,`about`);--> statement-breakpoint
CREATE INDEX `deliveries_message` ON `deliveries` (`chat_id`,`message_id`) WHERE "message_id" is not null;