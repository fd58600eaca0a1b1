CREATE TABLE `imports` (
	`n` integer PRIMARY KEY NOT NULL,
	`id` text NOT NULL,
	`file_name` text NOT NULL,
	`bytes` integer NOT NULL,
	`sha256` text NOT NULL,
	`by` text NOT NULL,
	`area` text NOT NULL,
	`state` text NOT NULL,
	`at_ms` integer NOT NULL,
	`updated_at_ms` integer NOT NULL,
	`document` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `imports_id_unique` ON `imports` (`id`);--> statement-breakpoint
CREATE INDEX `imports_sha256` ON `imports` (`sha256`,`state`);