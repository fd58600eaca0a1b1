CREATE TABLE `picture_baselines` (
	`camera` text NOT NULL,
	`hour` integer NOT NULL,
	`document` text NOT NULL,
	PRIMARY KEY(`camera`, `hour`)
);
