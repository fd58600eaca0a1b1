CREATE TABLE `evidence_files` (
	`inspection` text NOT NULL,
	`file` text NOT NULL,
	`n` integer NOT NULL,
	`kind` text NOT NULL,
	`bytes` integer,
	`at_ms` integer NOT NULL,
	PRIMARY KEY(`inspection`, `file`),
	FOREIGN KEY (`inspection`) REFERENCES `inspections`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `evidence_files_age` ON `evidence_files` (`kind`,`at_ms`);--> statement-breakpoint
CREATE TABLE `evidence_holds` (
	`id` integer PRIMARY KEY NOT NULL,
	`inspection` text NOT NULL,
	`n` integer,
	`reason` text NOT NULL,
	`by` text NOT NULL,
	`at_ms` integer NOT NULL,
	`released_at_ms` integer,
	`released_by` text,
	`released_why` text,
	FOREIGN KEY (`inspection`) REFERENCES `inspections`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `evidence_holds_inspection` ON `evidence_holds` (`inspection`);--> statement-breakpoint
INSERT OR IGNORE INTO `evidence_files` (`inspection`, `file`, `n`, `kind`, `bytes`, `at_ms`)
	SELECT c.`inspection`, json_extract(e.value, '$.file'), c.`n`, json_extract(e.value, '$.kind'), json_extract(e.value, '$.size'), i.`started_at_ms`
	FROM `checks` c JOIN `inspections` i ON i.`id` = c.`inspection`, json_each(CASE WHEN json_valid(c.`document`) THEN c.`document` ELSE '{}' END, '$.evidence') e
	WHERE json_extract(e.value, '$.removedAt') IS NULL AND json_extract(e.value, '$.kind') <> 'verdict';--> statement-breakpoint
INSERT OR IGNORE INTO `evidence_files` (`inspection`, `file`, `n`, `kind`, `bytes`, `at_ms`)
	SELECT c.`inspection`, json_extract(e.value, '$.file'), c.`n`, json_extract(e.value, '$.kind'), json_extract(e.value, '$.size'), i.`started_at_ms`
	FROM `rechecks` c JOIN `inspections` i ON i.`id` = c.`inspection`, json_each(CASE WHEN json_valid(c.`document`) THEN c.`document` ELSE '{}' END, '$.evidence') e
	WHERE json_extract(e.value, '$.removedAt') IS NULL AND json_extract(e.value, '$.kind') <> 'verdict';--> statement-breakpoint
CREATE TRIGGER `evidence_of_checks` AFTER INSERT ON `checks` WHEN json_valid(NEW.`document`) BEGIN
	INSERT OR IGNORE INTO `evidence_files` (`inspection`, `file`, `n`, `kind`, `bytes`, `at_ms`)
	SELECT NEW.`inspection`, json_extract(e.value, '$.file'), NEW.`n`, json_extract(e.value, '$.kind'), json_extract(e.value, '$.size'), i.`started_at_ms`
	FROM `inspections` i, json_each(NEW.`document`, '$.evidence') e WHERE i.`id` = NEW.`inspection` AND json_extract(e.value, '$.removedAt') IS NULL AND json_extract(e.value, '$.kind') <> 'verdict';
END;--> statement-breakpoint
CREATE TRIGGER `evidence_of_checks_again` AFTER UPDATE OF `document` ON `checks` WHEN json_valid(NEW.`document`) BEGIN
	INSERT OR IGNORE INTO `evidence_files` (`inspection`, `file`, `n`, `kind`, `bytes`, `at_ms`)
	SELECT NEW.`inspection`, json_extract(e.value, '$.file'), NEW.`n`, json_extract(e.value, '$.kind'), json_extract(e.value, '$.size'), i.`started_at_ms`
	FROM `inspections` i, json_each(NEW.`document`, '$.evidence') e WHERE i.`id` = NEW.`inspection` AND json_extract(e.value, '$.removedAt') IS NULL AND json_extract(e.value, '$.kind') <> 'verdict';
END;--> statement-breakpoint
CREATE TRIGGER `evidence_of_rechecks` AFTER UPDATE OF `document` ON `rechecks` WHEN json_valid(NEW.`document`) BEGIN
	INSERT OR IGNORE INTO `evidence_files` (`inspection`, `file`, `n`, `kind`, `bytes`, `at_ms`)
	SELECT NEW.`inspection`, json_extract(e.value, '$.file'), NEW.`n`, json_extract(e.value, '$.kind'), json_extract(e.value, '$.size'), i.`started_at_ms`
	FROM `inspections` i, json_each(NEW.`document`, '$.evidence') e WHERE i.`id` = NEW.`inspection` AND json_extract(e.value, '$.removedAt') IS NULL AND json_extract(e.value, '$.kind') <> 'verdict';
END;