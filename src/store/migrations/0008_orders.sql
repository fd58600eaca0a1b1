CREATE INDEX `cameras_names` ON `cameras` (`name_key`,`id`);--> statement-breakpoint
CREATE INDEX `cameras_updated` ON `cameras` (`updated_at_ms`,`id`);