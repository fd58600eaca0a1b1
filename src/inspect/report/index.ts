// The report in its forms; report.json is the value itself.
export { compareInspections, type ComparedSide } from './comparison/compare.ts'
export { comparisonDocument, reportDocument } from './document/report-document.ts'
export { reportJson } from './json.ts'
export { pageOf, type PictureOf } from './page/page.ts'
export { outcomes, reasons, results, type Lang } from './texts/index.ts'
export { comparisonSheets } from './workbook/comparison-sheets.ts'
export { reportSheets } from './workbook/report-sheets.ts'
export { workbookBytes } from './workbook/write.ts'
