CREATE TABLE `camera_sums` (
	`area` text NOT NULL,
	`class` text NOT NULL,
	`presence` text NOT NULL,
	`is_complete` integer NOT NULL,
	`is_draft` integer NOT NULL,
	`n` integer NOT NULL,
	PRIMARY KEY(`area`, `class`, `presence`, `is_complete`, `is_draft`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `completeness_days` (
	`area` text NOT NULL,
	`class` text NOT NULL,
	`owner` text NOT NULL,
	`built_by` text NOT NULL,
	`day` text NOT NULL,
	`records` integer NOT NULL,
	`complete` integer NOT NULL,
	`mandatory` integer NOT NULL,
	`filled` integer NOT NULL,
	PRIMARY KEY(`area`, `class`, `owner`, `built_by`, `day`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `completeness_runs` (
	`day` text PRIMARY KEY NOT NULL,
	`at_ms` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `completeness_sums` (
	`area` text NOT NULL,
	`class` text NOT NULL,
	`owner` text NOT NULL,
	`built_by` text NOT NULL,
	`records` integer NOT NULL,
	`complete` integer NOT NULL,
	`mandatory` integer NOT NULL,
	`filled` integer NOT NULL,
	`last_records` integer DEFAULT 0 NOT NULL,
	`last_complete` integer DEFAULT 0 NOT NULL,
	`last_mandatory` integer DEFAULT 0 NOT NULL,
	`last_filled` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`area`, `class`, `owner`, `built_by`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `finding_changes` (
	`n` integer PRIMARY KEY NOT NULL,
	`finding` integer NOT NULL,
	`what` text NOT NULL,
	`from_value` text,
	`to_value` text,
	`reason` text NOT NULL,
	`at_ms` integer NOT NULL,
	`by` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `finding_changes_finding` ON `finding_changes` (`finding`);--> statement-breakpoint
CREATE TABLE `finding_sums` (
	`area` text NOT NULL,
	`rule` text NOT NULL,
	`severity` text NOT NULL,
	`source` text NOT NULL,
	`state` text NOT NULL,
	`n` integer NOT NULL,
	PRIMARY KEY(`area`, `rule`, `severity`, `source`, `state`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `findings` (
	`n` integer PRIMARY KEY NOT NULL,
	`camera_id` text NOT NULL,
	`area` text NOT NULL,
	`rule` text NOT NULL,
	`field` text NOT NULL,
	`severity` text NOT NULL,
	`source` text NOT NULL,
	`state` text NOT NULL,
	`message_zh` text NOT NULL,
	`message_en` text NOT NULL,
	`detail` text,
	`owner` text,
	`due_at_ms` integer,
	`reason` text,
	`first_at_ms` integer NOT NULL,
	`last_at_ms` integer NOT NULL,
	`state_at_ms` integer NOT NULL,
	`state_by` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `findings_key` ON `findings` (`camera_id`,`source`,`rule`,`field`);--> statement-breakpoint
CREATE INDEX `findings_search` ON `findings` (`area`,`n`,`state`,`rule`,`severity`,`source`,`owner`,`due_at_ms`);--> statement-breakpoint
CREATE INDEX `findings_rule` ON `findings` (`rule`,`state`,`camera_id`);--> statement-breakpoint
CREATE INDEX `findings_owner` ON `findings` (`owner`,`state`);--> statement-breakpoint
DROP INDEX `channels_id`;--> statement-breakpoint
ALTER TABLE `channels` ADD `said_at_ms` integer;--> statement-breakpoint
CREATE INDEX `channels_listed` ON `channels` (`id`,`device_id`,`missing_since_ms`);--> statement-breakpoint
ALTER TABLE `camera_documents` ADD `verified` text;--> statement-breakpoint
ALTER TABLE `cameras` ADD `built_by` text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE `cameras` ADD `mandatory` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `cameras` ADD `filled` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `cameras` ADD `gone_since_ms` integer;--> statement-breakpoint
ALTER TABLE `field_changes` ADD `side` text DEFAULT 'declared' NOT NULL;
--> statement-breakpoint
-- What was there before: `built_by` from the documents, away since now (nobody has been heard yet), findings as they stand in the records.
UPDATE `cameras` SET `built_by` = coalesce((SELECT json_extract(d.`declared`, '$.builtBy') FROM `camera_documents` d WHERE d.`n` = `cameras`.`n`), ''), `gone_since_ms` = unixepoch() * 1000;
--> statement-breakpoint
INSERT OR IGNORE INTO `findings` (`camera_id`, `area`, `rule`, `field`, `severity`, `source`, `state`, `message_zh`, `message_en`, `first_at_ms`, `last_at_ms`, `state_at_ms`)
SELECT c.`id`, c.`area`, f.`value` ->> 'rule', f.`value` ->> 'field', f.`value` ->> 'severity', iif(c.`is_draft`, 'catalog', 'record'), 'open', f.`value` ->> '$.message.zh', f.`value` ->> '$.message.en', c.`updated_at_ms`, c.`updated_at_ms`, c.`updated_at_ms`
FROM `cameras` c JOIN `camera_documents` d ON d.`n` = c.`n`, json_each(d.`findings`) f WHERE c.`is_retired` = 0;
--> statement-breakpoint
INSERT INTO `finding_sums` SELECT `area`, `rule`, `severity`, `source`, `state`, count(*) FROM `findings` GROUP BY 1, 2, 3, 4, 5;
--> statement-breakpoint
INSERT INTO `camera_sums` SELECT `area`, `class`, `presence`, `is_complete`, `is_draft`, count(*) FROM `cameras` WHERE `is_retired` = 0 GROUP BY 1, 2, 3, 4, 5;
--> statement-breakpoint
INSERT INTO `completeness_sums` (`area`, `class`, `owner`, `built_by`, `records`, `complete`, `mandatory`, `filled`)
SELECT `area`, `class`, `owner`, `built_by`, count(*), sum(`is_complete`), 0, 0 FROM `cameras` WHERE `is_retired` = 0 AND `is_draft` = 0 GROUP BY 1, 2, 3, 4;
--> statement-breakpoint
CREATE TRIGGER `finding_sums_insert` AFTER INSERT ON `findings`
BEGIN
	INSERT INTO `finding_sums` SELECT new.`area`, new.`rule`, new.`severity`, new.`source`, new.`state`, 1 WHERE true ON CONFLICT DO UPDATE SET `n` = `n` + 1;
END;
--> statement-breakpoint
CREATE TRIGGER `finding_sums_update` AFTER UPDATE OF `area`, `rule`, `severity`, `source`, `state` ON `findings` WHEN new.`area` <> old.`area` OR new.`rule` <> old.`rule` OR new.`severity` <> old.`severity` OR new.`source` <> old.`source` OR new.`state` <> old.`state`
BEGIN
	UPDATE `finding_sums` SET `n` = `n` - 1 WHERE `area` = old.`area` AND `rule` = old.`rule` AND `severity` = old.`severity` AND `source` = old.`source` AND `state` = old.`state`;
	INSERT INTO `finding_sums` SELECT new.`area`, new.`rule`, new.`severity`, new.`source`, new.`state`, 1 WHERE true ON CONFLICT DO UPDATE SET `n` = `n` + 1;
END;
--> statement-breakpoint
CREATE TRIGGER `finding_sums_delete` AFTER DELETE ON `findings`
BEGIN
	UPDATE `finding_sums` SET `n` = `n` - 1 WHERE `area` = old.`area` AND `rule` = old.`rule` AND `severity` = old.`severity` AND `source` = old.`source` AND `state` = old.`state`;
END;
--> statement-breakpoint
CREATE TRIGGER `camera_sums_insert` AFTER INSERT ON `cameras`
BEGIN
	INSERT INTO `camera_sums` SELECT new.`area`, new.`class`, new.`presence`, new.`is_complete`, new.`is_draft`, 1 WHERE new.`is_retired` = 0 ON CONFLICT DO UPDATE SET `n` = `n` + 1;
END;
--> statement-breakpoint
CREATE TRIGGER `camera_sums_update` AFTER UPDATE OF `area`, `class`, `presence`, `is_complete`, `is_draft`, `is_retired` ON `cameras` WHEN new.`area` <> old.`area` OR new.`class` <> old.`class` OR new.`presence` <> old.`presence` OR new.`is_complete` <> old.`is_complete` OR new.`is_draft` <> old.`is_draft` OR new.`is_retired` <> old.`is_retired`
BEGIN
	UPDATE `camera_sums` SET `n` = `n` - 1 WHERE `area` = old.`area` AND `class` = old.`class` AND `presence` = old.`presence` AND `is_complete` = old.`is_complete` AND `is_draft` = old.`is_draft` AND old.`is_retired` = 0;
	INSERT INTO `camera_sums` SELECT new.`area`, new.`class`, new.`presence`, new.`is_complete`, new.`is_draft`, 1 WHERE new.`is_retired` = 0 ON CONFLICT DO UPDATE SET `n` = `n` + 1;
END;
--> statement-breakpoint
CREATE TRIGGER `camera_sums_delete` AFTER DELETE ON `cameras`
BEGIN
	UPDATE `camera_sums` SET `n` = `n` - 1 WHERE `area` = old.`area` AND `class` = old.`class` AND `presence` = old.`presence` AND `is_complete` = old.`is_complete` AND `is_draft` = old.`is_draft` AND old.`is_retired` = 0;
END;
--> statement-breakpoint
CREATE TRIGGER `completeness_sums_insert` AFTER INSERT ON `cameras`
BEGIN
	INSERT INTO `completeness_sums` (`area`, `class`, `owner`, `built_by`, `records`, `complete`, `mandatory`, `filled`) SELECT new.`area`, new.`class`, new.`owner`, new.`built_by`, 1, new.`is_complete`, new.`mandatory`, new.`filled` WHERE new.`is_retired` = 0 AND new.`is_draft` = 0
	ON CONFLICT DO UPDATE SET `records` = `records` + 1, `complete` = `complete` + excluded.`complete`, `mandatory` = `mandatory` + excluded.`mandatory`, `filled` = `filled` + excluded.`filled`;
END;
--> statement-breakpoint
CREATE TRIGGER `completeness_sums_update` AFTER UPDATE OF `area`, `class`, `owner`, `built_by`, `is_complete`, `mandatory`, `filled`, `is_draft`, `is_retired` ON `cameras` WHEN new.`area` <> old.`area` OR new.`class` <> old.`class` OR new.`owner` <> old.`owner` OR new.`built_by` <> old.`built_by` OR new.`is_complete` <> old.`is_complete` OR new.`mandatory` <> old.`mandatory` OR new.`filled` <> old.`filled` OR new.`is_draft` <> old.`is_draft` OR new.`is_retired` <> old.`is_retired`
BEGIN
	UPDATE `completeness_sums` SET `records` = `records` - 1, `complete` = `complete` - old.`is_complete`, `mandatory` = `mandatory` - old.`mandatory`, `filled` = `filled` - old.`filled` WHERE `area` = old.`area` AND `class` = old.`class` AND `owner` = old.`owner` AND `built_by` = old.`built_by` AND old.`is_retired` = 0 AND old.`is_draft` = 0;
	INSERT INTO `completeness_sums` (`area`, `class`, `owner`, `built_by`, `records`, `complete`, `mandatory`, `filled`) SELECT new.`area`, new.`class`, new.`owner`, new.`built_by`, 1, new.`is_complete`, new.`mandatory`, new.`filled` WHERE new.`is_retired` = 0 AND new.`is_draft` = 0
	ON CONFLICT DO UPDATE SET `records` = `records` + 1, `complete` = `complete` + excluded.`complete`, `mandatory` = `mandatory` + excluded.`mandatory`, `filled` = `filled` + excluded.`filled`;
END;
--> statement-breakpoint
CREATE TRIGGER `completeness_sums_delete` AFTER DELETE ON `cameras`
BEGIN
	UPDATE `completeness_sums` SET `records` = `records` - 1, `complete` = `complete` - old.`is_complete`, `mandatory` = `mandatory` - old.`mandatory`, `filled` = `filled` - old.`filled` WHERE `area` = old.`area` AND `class` = old.`class` AND `owner` = old.`owner` AND `built_by` = old.`built_by` AND old.`is_retired` = 0 AND old.`is_draft` = 0;
END;
