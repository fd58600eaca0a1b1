-- Grams of changed records are merged away when half of a part is dead, not a tenth: 100,000 changed records took 60 s, most of it merging the same parts again and again.
INSERT INTO `camera_grams` (`camera_grams`, `rank`) VALUES ('deletemerge', 50);
