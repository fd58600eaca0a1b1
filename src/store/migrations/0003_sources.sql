CREATE TABLE `camera_sources` (
	`camera_id` text PRIMARY KEY NOT NULL,
	`url` text NOT NULL,
	`username` text,
	`password` text,
	`transport` text NOT NULL,
	FOREIGN KEY (`camera_id`) REFERENCES `cameras`(`id`) ON UPDATE no action ON DELETE cascade
);
