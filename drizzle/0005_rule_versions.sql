CREATE TABLE `rule_versions` (
	`name` text PRIMARY KEY NOT NULL,
	`version` integer NOT NULL
);
