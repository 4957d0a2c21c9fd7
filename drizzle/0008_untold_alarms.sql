CREATE TABLE `untold_alarms` (
	`key` text PRIMARY KEY NOT NULL,
	`alert` text NOT NULL
);
