CREATE TABLE `accounts` (
	`name` text PRIMARY KEY NOT NULL,
	`role` text NOT NULL,
	`area` text NOT NULL,
	`password_hash` text NOT NULL,
	`created_at_ms` integer NOT NULL,
	`disabled` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `audit` (
	`n` integer PRIMARY KEY NOT NULL,
	`at_ms` integer NOT NULL,
	`account` text NOT NULL,
	`action` text NOT NULL,
	`subject` text NOT NULL,
	`detail` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `camera_documents` (
	`n` integer PRIMARY KEY NOT NULL,
	`declared` text NOT NULL,
	`reported` text,
	`findings` text NOT NULL,
	FOREIGN KEY (`n`) REFERENCES `cameras`(`n`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `cameras` (
	`n` integer PRIMARY KEY NOT NULL,
	`id` text NOT NULL,
	`area` text NOT NULL,
	`class` text NOT NULL,
	`owner` text NOT NULL,
	`presence` text NOT NULL,
	`is_complete` integer NOT NULL,
	`is_draft` integer NOT NULL,
	`is_retired` integer NOT NULL,
	`name` text NOT NULL,
	`address` text NOT NULL,
	`longitude` real,
	`latitude` real,
	`version` integer NOT NULL,
	`updated_at_ms` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `cameras_id_unique` ON `cameras` (`id`);--> statement-breakpoint
CREATE INDEX `cameras_search` ON `cameras` (`id`,`area`,`is_retired`,`is_draft`,`class`,`presence`,`is_complete`,`owner`,`name`,`address`);--> statement-breakpoint
CREATE TABLE `channels` (
	`device_id` text NOT NULL,
	`id` text NOT NULL,
	`name` text NOT NULL,
	`status` text NOT NULL,
	`parent_id` text,
	`raw` text NOT NULL,
	PRIMARY KEY(`device_id`, `id`),
	FOREIGN KEY (`device_id`) REFERENCES `devices`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `channels_id` ON `channels` (`id`);--> statement-breakpoint
CREATE TABLE `checks` (
	`inspection` text NOT NULL,
	`n` integer NOT NULL,
	`document` text NOT NULL,
	PRIMARY KEY(`inspection`, `n`),
	FOREIGN KEY (`inspection`) REFERENCES `inspections`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `devices` (
	`id` text PRIMARY KEY NOT NULL,
	`approved` integer NOT NULL,
	`password` text,
	`binding` text,
	`presence` text NOT NULL,
	`presence_reason` text,
	`presence_since_ms` integer,
	`media_transport` text NOT NULL,
	`channel_count` integer NOT NULL,
	`catalog_at_ms` integer,
	`catalog_complete` integer,
	`first_seen_ms` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `field_changes` (
	`n` integer PRIMARY KEY NOT NULL,
	`camera_id` text NOT NULL,
	`field` text NOT NULL,
	`from_value` text,
	`to_value` text,
	`at_ms` integer NOT NULL,
	`by` text NOT NULL,
	`why` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `field_changes_camera` ON `field_changes` (`camera_id`);--> statement-breakpoint
CREATE TABLE `inspections` (
	`id` text PRIMARY KEY NOT NULL,
	`area` text NOT NULL,
	`started_at_ms` integer NOT NULL,
	`finished_at_ms` integer,
	`state` text NOT NULL,
	`created_by` text NOT NULL,
	`draw` text NOT NULL,
	`rules` text NOT NULL,
	`total` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `inspections_started` ON `inspections` (`started_at_ms`);--> statement-breakpoint
CREATE TABLE `population_members` (
	`inspection` text NOT NULL,
	`position` integer NOT NULL,
	`member` text NOT NULL,
	PRIMARY KEY(`inspection`, `position`),
	FOREIGN KEY (`inspection`) REFERENCES `inspections`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `presence_changes` (
	`n` integer PRIMARY KEY NOT NULL,
	`device_id` text NOT NULL,
	`from_presence` text NOT NULL,
	`to_presence` text NOT NULL,
	`reason` text NOT NULL,
	`at_ms` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `presence_changes_device` ON `presence_changes` (`device_id`,`n`);--> statement-breakpoint
CREATE TABLE `reviews` (
	`order` integer PRIMARY KEY NOT NULL,
	`inspection` text NOT NULL,
	`n` integer NOT NULL,
	`result` text NOT NULL,
	`reason` text NOT NULL,
	`by` text NOT NULL,
	`at_ms` integer NOT NULL,
	FOREIGN KEY (`inspection`) REFERENCES `inspections`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `reviews_inspection` ON `reviews` (`inspection`);--> statement-breakpoint
CREATE TABLE `sessions` (
	`token_sha256` text PRIMARY KEY NOT NULL,
	`account` text NOT NULL,
	`expires_at_ms` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `sessions_expiry` ON `sessions` (`expires_at_ms`);