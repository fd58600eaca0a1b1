CREATE TABLE `appeal_decisions` (
	`appeal` integer PRIMARY KEY NOT NULL,
	`review` integer NOT NULL,
	`decision` text NOT NULL,
	FOREIGN KEY (`appeal`) REFERENCES `appeals`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `appeal_files` (
	`id` text PRIMARY KEY NOT NULL,
	`appeal` integer NOT NULL,
	`name` text NOT NULL,
	`content_type` text NOT NULL,
	`file` text NOT NULL,
	`size` integer NOT NULL,
	`sha256` text NOT NULL,
	`by` text NOT NULL,
	`at_ms` integer NOT NULL,
	FOREIGN KEY (`appeal`) REFERENCES `appeals`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `appeal_files_appeal` ON `appeal_files` (`appeal`);--> statement-breakpoint
CREATE TABLE `appeals` (
	`id` integer PRIMARY KEY NOT NULL,
	`inspection` text NOT NULL,
	`n` integer NOT NULL,
	`text` text NOT NULL,
	`by` text NOT NULL,
	`at_ms` integer NOT NULL,
	FOREIGN KEY (`inspection`) REFERENCES `inspections`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `appeals_inspection` ON `appeals` (`inspection`);--> statement-breakpoint
CREATE TABLE `check_times` (
	`inspection` text NOT NULL,
	`n` integer NOT NULL,
	`at_ms` integer NOT NULL,
	PRIMARY KEY(`inspection`, `n`),
	FOREIGN KEY (`inspection`) REFERENCES `inspections`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `opinions` (
	`id` integer PRIMARY KEY NOT NULL,
	`inspection` text NOT NULL,
	`n` integer NOT NULL,
	`node` text NOT NULL,
	`by` text NOT NULL,
	`at_ms` integer NOT NULL,
	`document` text NOT NULL,
	`recording_sha256` text NOT NULL,
	`file` text,
	`state` text NOT NULL,
	`verified_at_ms` integer,
	`computed` text,
	`differences` text NOT NULL,
	`remarks` text NOT NULL,
	FOREIGN KEY (`inspection`) REFERENCES `inspections`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `opinions_inspection` ON `opinions` (`inspection`);--> statement-breakpoint
CREATE TABLE `rechecks` (
	`id` integer PRIMARY KEY NOT NULL,
	`inspection` text NOT NULL,
	`n` integer NOT NULL,
	`why` text NOT NULL,
	`by` text NOT NULL,
	`reason` text NOT NULL,
	`asked_at_ms` integer NOT NULL,
	`due_at_ms` integer NOT NULL,
	`state` text NOT NULL,
	`begun_at_ms` integer,
	`done_at_ms` integer,
	`detail` text,
	`document` text,
	FOREIGN KEY (`inspection`) REFERENCES `inspections`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `rechecks_inspection` ON `rechecks` (`inspection`);--> statement-breakpoint
CREATE INDEX `rechecks_state` ON `rechecks` (`state`);--> statement-breakpoint
CREATE TABLE `rejudgements` (
	`id` text PRIMARY KEY NOT NULL,
	`inspection` text NOT NULL,
	`rules` text NOT NULL,
	`rules_sha256` text NOT NULL,
	`by` text NOT NULL,
	`at_ms` integer NOT NULL,
	`state` text NOT NULL,
	`finished_at_ms` integer,
	`software` text NOT NULL,
	`total` integer NOT NULL,
	`results` text NOT NULL,
	FOREIGN KEY (`inspection`) REFERENCES `inspections`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `rejudgements_inspection` ON `rejudgements` (`inspection`);--> statement-breakpoint
CREATE TABLE `rule_sets` (
	`name` text NOT NULL,
	`version` integer NOT NULL,
	`sha256` text NOT NULL,
	`document` text NOT NULL,
	`note` text NOT NULL,
	`area` text NOT NULL,
	`by` text NOT NULL,
	`at_ms` integer NOT NULL,
	PRIMARY KEY(`name`, `version`)
);
--> statement-breakpoint
CREATE TRIGGER `rule_sets_stay` BEFORE UPDATE ON `rule_sets` BEGIN SELECT RAISE(ABORT, 'a version of a rule set is never changed'); END;--> statement-breakpoint
CREATE TRIGGER `rule_sets_remain` BEFORE DELETE ON `rule_sets` BEGIN SELECT RAISE(ABORT, 'a version of a rule set is never deleted'); END;--> statement-breakpoint
CREATE TRIGGER `appeals_stay` BEFORE UPDATE ON `appeals` BEGIN SELECT RAISE(ABORT, 'an appeal is never changed'); END;--> statement-breakpoint
CREATE TRIGGER `appeal_files_stay` BEFORE UPDATE ON `appeal_files` BEGIN SELECT RAISE(ABORT, 'a file of an appeal is never changed'); END;--> statement-breakpoint
CREATE TRIGGER `appeal_decisions_stay` BEFORE UPDATE ON `appeal_decisions` BEGIN SELECT RAISE(ABORT, 'a decision is never changed'); END;--> statement-breakpoint
CREATE TRIGGER `reviews_stay` BEFORE UPDATE ON `reviews` BEGIN SELECT RAISE(ABORT, 'a review is never changed'); END;
