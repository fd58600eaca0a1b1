CREATE TABLE `audit_cuts` (
	`n` integer PRIMARY KEY NOT NULL,
	`at_ms` integer NOT NULL,
	`through` integer NOT NULL,
	`hash` text NOT NULL,
	`entries` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `camera_texts` (
	`n` integer PRIMARY KEY NOT NULL,
	`text` text NOT NULL,
	FOREIGN KEY (`n`) REFERENCES `cameras`(`n`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
DROP INDEX `cameras_search`;--> statement-breakpoint
ALTER TABLE `cameras` ADD `functions` text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE `cameras` ADD `industry` text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE `cameras` ADD `name_key` text DEFAULT '' NOT NULL;--> statement-breakpoint
CREATE INDEX `cameras_search` ON `cameras` (`id`,`area`,`is_retired`,`is_draft`,`class`,`presence`,`is_complete`,`functions`,`industry`,`built_by`,`longitude`,`latitude`,`updated_at_ms`,`owner`,`name_key`);--> statement-breakpoint
ALTER TABLE `accounts` ADD `must_change` integer DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `accounts` ADD `password_at_ms` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `audit` ADD `address` text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE `audit` ADD `hash` text DEFAULT '' NOT NULL;--> statement-breakpoint
CREATE INDEX `audit_time` ON `audit` (`at_ms`);--> statement-breakpoint
CREATE INDEX `audit_account` ON `audit` (`account`);--> statement-breakpoint
CREATE INDEX `audit_action` ON `audit` (`action`);--> statement-breakpoint
CREATE INDEX `audit_subject` ON `audit` (`subject`);--> statement-breakpoint
ALTER TABLE `sessions` ADD `id` text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE `sessions` ADD `kind` text DEFAULT 'session' NOT NULL;--> statement-breakpoint
ALTER TABLE `sessions` ADD `name` text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE `sessions` ADD `created_at_ms` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `sessions` ADD `seen_at_ms` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `sessions` ADD `address` text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE `sessions` ADD `agent` text DEFAULT '' NOT NULL;--> statement-breakpoint
CREATE INDEX `sessions_account` ON `sessions` (`account`,`id`);
--> statement-breakpoint
-- Grams of camera_texts by number. They are ASCII words with blanks between (camera-text.ts). No positions: the words themselves are looked for in the text.
CREATE VIRTUAL TABLE `camera_grams` USING fts5(`grams`, content='', contentless_delete=1, detail='none', tokenize='ascii');
--> statement-breakpoint
CREATE TRIGGER `camera_texts_delete` AFTER DELETE ON `camera_texts`
BEGIN
	DELETE FROM `camera_grams` WHERE `rowid` = old.`n`;
END;
--> statement-breakpoint
-- Nobody knows from where the sessions of before came, and they have no names to be listed by: log in once more.
DELETE FROM `sessions`;
--> statement-breakpoint
-- The trail is only added to. An entry without a hash is one of before, and is sealed at the first start; what the configuration lets go is noted in audit_cuts first.
CREATE TRIGGER `audit_insert` BEFORE INSERT ON `audit` WHEN EXISTS (SELECT 1 FROM `audit` WHERE `n` = new.`n`)
BEGIN
	SELECT RAISE(ABORT, 'an entry of the audit trail is not replaced');
END;
--> statement-breakpoint
CREATE TRIGGER `audit_update` BEFORE UPDATE ON `audit` WHEN old.`hash` <> ''
BEGIN
	SELECT RAISE(ABORT, 'an entry of the audit trail is not changed');
END;
--> statement-breakpoint
CREATE TRIGGER `audit_delete` BEFORE DELETE ON `audit` WHEN NOT EXISTS (SELECT 1 FROM `audit_cuts` WHERE `through` >= old.`n`)
BEGIN
	SELECT RAISE(ABORT, 'an entry of the audit trail is not deleted');
END;
--> statement-breakpoint
CREATE TRIGGER `audit_cuts_insert` BEFORE INSERT ON `audit_cuts` WHEN EXISTS (SELECT 1 FROM `audit_cuts` WHERE `n` = new.`n`)
BEGIN
	SELECT RAISE(ABORT, 'a cut of the audit trail is not replaced');
END;
--> statement-breakpoint
CREATE TRIGGER `audit_cuts_update` BEFORE UPDATE ON `audit_cuts`
BEGIN
	SELECT RAISE(ABORT, 'a cut of the audit trail is not changed');
END;
--> statement-breakpoint
CREATE TRIGGER `audit_cuts_delete` BEFORE DELETE ON `audit_cuts`
BEGIN
	SELECT RAISE(ABORT, 'a cut of the audit trail is not deleted');
END;
