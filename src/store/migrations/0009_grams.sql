-- More grams are gathered in memory before they are written: a record has two hundred, and an import a hundred thousand records. 8 MiB.
INSERT INTO `camera_grams` (`camera_grams`, `rank`) VALUES ('hashsize', 8388608);
