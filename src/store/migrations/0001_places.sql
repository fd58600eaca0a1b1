-- Where cameras stand, for boxes on the map. R*Tree keeps 32-bit numbers rounded outwards: a box finds all that lie in it, and the exact columns decide.
CREATE VIRTUAL TABLE `camera_places` USING rtree(`n`, `west`, `east`, `south`, `north`);
--> statement-breakpoint
INSERT INTO `camera_places` SELECT `n`, `longitude`, `longitude`, `latitude`, `latitude` FROM `cameras` WHERE `longitude` IS NOT NULL AND `latitude` IS NOT NULL;
--> statement-breakpoint
CREATE TRIGGER `camera_places_insert` AFTER INSERT ON `cameras` WHEN new.`longitude` IS NOT NULL AND new.`latitude` IS NOT NULL
BEGIN
	INSERT INTO `camera_places` VALUES (new.`n`, new.`longitude`, new.`longitude`, new.`latitude`, new.`latitude`);
END;
--> statement-breakpoint
CREATE TRIGGER `camera_places_update` AFTER UPDATE OF `longitude`, `latitude` ON `cameras` WHEN new.`longitude` IS NOT old.`longitude` OR new.`latitude` IS NOT old.`latitude`
BEGIN
	DELETE FROM `camera_places` WHERE `n` = old.`n`;
	INSERT INTO `camera_places` SELECT new.`n`, new.`longitude`, new.`longitude`, new.`latitude`, new.`latitude` WHERE new.`longitude` IS NOT NULL AND new.`latitude` IS NOT NULL;
END;
--> statement-breakpoint
CREATE TRIGGER `camera_places_delete` AFTER DELETE ON `cameras`
BEGIN
	DELETE FROM `camera_places` WHERE `n` = old.`n`;
END;
