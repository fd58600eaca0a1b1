CREATE TABLE `signing_keys` (
	`id` integer PRIMARY KEY NOT NULL,
	`fingerprint` text NOT NULL,
	`name` text NOT NULL,
	`note` text NOT NULL,
	`by` text NOT NULL,
	`at_ms` integer NOT NULL,
	`revoked_at_ms` integer,
	`revoked_by` text,
	`revoked_reason` text
);
--> statement-breakpoint
CREATE INDEX `signing_keys_fingerprint` ON `signing_keys` (`fingerprint`);--> statement-breakpoint
ALTER TABLE `opinions` ADD `signed` text;