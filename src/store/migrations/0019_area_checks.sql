CREATE TABLE `area_checks` (
	`id` text PRIMARY KEY NOT NULL,
	`state` text NOT NULL,
	`started_at_ms` integer NOT NULL,
	`document` text NOT NULL
);
