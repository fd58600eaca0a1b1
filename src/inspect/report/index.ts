// The report in its forms; report.json is the value itself.
export { reportPage } from './page.ts'
export { outcomes, reasons, results, type Lang } from './texts.ts'
export { reportWorkbook } from './workbook.ts'
