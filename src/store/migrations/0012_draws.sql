CREATE TABLE `exemptions` (
	`n` integer PRIMARY KEY NOT NULL,
	`camera` text,
	`area` text NOT NULL,
	`reason` text NOT NULL,
	`document` text NOT NULL,
	`from_ms` integer NOT NULL,
	`until_ms` integer NOT NULL,
	`by` text NOT NULL,
	`at_ms` integer NOT NULL,
	`ended_at_ms` integer,
	`ended_by` text,
	`ended_reason` text
);
--> statement-breakpoint
CREATE INDEX `exemptions_until` ON `exemptions` (`until_ms`);--> statement-breakpoint
CREATE INDEX `exemptions_area` ON `exemptions` (`area`);--> statement-breakpoint
CREATE INDEX `exemptions_camera` ON `exemptions` (`camera`);--> statement-breakpoint
CREATE TABLE `seed_draw_members` (
	`draw` text NOT NULL,
	`position` integer NOT NULL,
	`member` text NOT NULL,
	`left_out` text,
	PRIMARY KEY(`draw`, `position`),
	FOREIGN KEY (`draw`) REFERENCES `seed_draws`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `seed_draws` (
	`id` text PRIMARY KEY NOT NULL,
	`area` text NOT NULL,
	`at_ms` integer NOT NULL,
	`document` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `seed_draws_time` ON `seed_draws` (`at_ms`);--> statement-breakpoint
ALTER TABLE `inspections` ADD `about` text;--> statement-breakpoint
ALTER TABLE `population_members` ADD `drawn` integer;--> statement-breakpoint
ALTER TABLE `population_members` ADD `drawn_in` text;--> statement-breakpoint
ALTER TABLE `population_members` ADD `left_out` text;--> statement-breakpoint
CREATE TRIGGER `exemptions_update` BEFORE UPDATE ON `exemptions` WHEN old.`ended_at_ms` IS NOT NULL OR new.`n` <> old.`n` OR new.`camera` IS NOT old.`camera` OR new.`area` <> old.`area`
  OR new.`reason` <> old.`reason` OR new.`document` <> old.`document` OR new.`from_ms` <> old.`from_ms` OR new.`until_ms` <> old.`until_ms` OR new.`by` <> old.`by` OR new.`at_ms` <> old.`at_ms`
BEGIN
  SELECT RAISE(ABORT, 'an exemption is never changed: it is ended once');
END;
--> statement-breakpoint
CREATE TRIGGER `exemptions_delete` BEFORE DELETE ON `exemptions`
BEGIN
  SELECT RAISE(ABORT, 'an exemption is never taken out: it is ended');
END;
--> statement-breakpoint
CREATE TRIGGER `seed_draws_delete` BEFORE DELETE ON `seed_draws`
BEGIN
  SELECT RAISE(ABORT, 'a draw is never taken out: it expires, and is shown');
END;
