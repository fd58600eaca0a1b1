ALTER TABLE `devices` ADD `catalog_whole_at_ms` integer;
--> statement-breakpoint
UPDATE `devices` SET `catalog_whole_at_ms` = `catalog_at_ms` WHERE `catalog_complete` = 1 AND coalesce(`catalog_empty`, 0) = 0;
