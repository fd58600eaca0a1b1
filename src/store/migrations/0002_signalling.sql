CREATE TABLE `alarms` (
	`n` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`device_id` text NOT NULL,
	`channel_id` text NOT NULL,
	`area` text NOT NULL,
	`at_ms` integer NOT NULL,
	`priority` integer,
	`method` text,
	`alarm_type` text,
	`event_type` integer,
	`alarmed_at_ms` integer,
	`description` text,
	`longitude` real,
	`latitude` real,
	`raw` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `alarms_device` ON `alarms` (`device_id`,`n`);--> statement-breakpoint
CREATE INDEX `alarms_channel` ON `alarms` (`channel_id`,`n`);--> statement-breakpoint
CREATE INDEX `alarms_time` ON `alarms` (`at_ms`);--> statement-breakpoint
CREATE TABLE `channel_parents` (
	`device_id` text NOT NULL,
	`parent_id` text NOT NULL,
	`channel_id` text NOT NULL,
	PRIMARY KEY(`device_id`, `parent_id`, `channel_id`),
	FOREIGN KEY (`device_id`,`channel_id`) REFERENCES `channels`(`device_id`,`id`) ON UPDATE no action ON DELETE cascade
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `channel_parents_channel` ON `channel_parents` (`device_id`,`channel_id`);--> statement-breakpoint
CREATE TABLE `device_information` (
	`device_id` text PRIMARY KEY NOT NULL,
	`document` text NOT NULL,
	FOREIGN KEY (`device_id`) REFERENCES `devices`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `positions` (
	`n` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`device_id` text NOT NULL,
	`channel_id` text NOT NULL,
	`at_ms` integer NOT NULL,
	`fixed_at_ms` integer,
	`longitude` real NOT NULL,
	`latitude` real NOT NULL,
	`speed_kmh` real,
	`direction` real,
	`altitude_m` real,
	`height_m` real
);
--> statement-breakpoint
CREATE INDEX `positions_device` ON `positions` (`device_id`,`n`);--> statement-breakpoint
CREATE TABLE `snapshot_orders` (
	`session` text PRIMARY KEY NOT NULL,
	`camera_id` text NOT NULL,
	`device_id` text NOT NULL,
	`by` text NOT NULL,
	`at_ms` integer NOT NULL,
	`count` integer NOT NULL,
	`finished_at_ms` integer,
	`file_ids` text
);
--> statement-breakpoint
CREATE INDEX `snapshot_orders_camera` ON `snapshot_orders` (`camera_id`,`at_ms`);--> statement-breakpoint
CREATE TABLE `snapshot_pictures` (
	`n` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`session` text NOT NULL,
	`file` text NOT NULL,
	`name` text NOT NULL,
	`bytes` integer NOT NULL,
	`sha256` text NOT NULL,
	`at_ms` integer NOT NULL,
	FOREIGN KEY (`session`) REFERENCES `snapshot_orders`(`session`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `snapshot_pictures_file_unique` ON `snapshot_pictures` (`file`);--> statement-breakpoint
CREATE INDEX `snapshot_pictures_session` ON `snapshot_pictures` (`session`);--> statement-breakpoint
ALTER TABLE `channels` ADD `kind` text DEFAULT 'other' NOT NULL;--> statement-breakpoint
ALTER TABLE `channels` ADD `status_event` text;--> statement-breakpoint
ALTER TABLE `channels` ADD `missing_since_ms` integer;--> statement-breakpoint
ALTER TABLE `channels` ADD `parents` text DEFAULT '[]' NOT NULL;--> statement-breakpoint
CREATE INDEX `channels_count` ON `channels` (`device_id`,`kind`,`missing_since_ms`);--> statement-breakpoint
ALTER TABLE `devices` ADD `catalog_empty` integer;--> statement-breakpoint
ALTER TABLE `devices` ADD `settings` text;--> statement-breakpoint
UPDATE `channels` SET `kind` = CASE WHEN `id` NOT GLOB '*[^0-9]*' AND length(`id`) BETWEEN 1 AND 8 THEN 'region'
	WHEN `id` NOT GLOB '*[^0-9]*' AND length(`id`) = 20 AND substr(`id`, 11, 3) IN ('215', '216') THEN 'group'
	WHEN `id` NOT GLOB '*[^0-9]*' AND length(`id`) = 20 AND substr(`id`, 11, 3) IN ('131', '132') THEN 'camera'
	WHEN `id` NOT GLOB '*[^0-9]*' AND length(`id`) BETWEEN 14 AND 19 THEN 'camera' ELSE 'other' END;
--> statement-breakpoint
INSERT INTO `channel_parents` SELECT `device_id`, '', `id` FROM `channels`;
