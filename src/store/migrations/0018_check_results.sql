CREATE TABLE `check_results` (
	`inspection` text NOT NULL,
	`n` integer NOT NULL,
	`result` text NOT NULL,
	`reasons` text NOT NULL,
	PRIMARY KEY(`inspection`, `n`),
	FOREIGN KEY (`inspection`) REFERENCES `inspections`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `population_members_drawn` ON `population_members` (`inspection`,`drawn`);--> statement-breakpoint
INSERT INTO `check_results` SELECT `inspection`, `n`, coalesce(json_extract(`document`, '$.verdict.result'), 'review'), coalesce(json_extract(`document`, '$.verdict.reasons'), '[]') FROM `checks`;
