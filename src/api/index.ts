// The door of api.
export { buildApi, type App } from './app.ts'
export { startApi, type RunningApi } from './server.ts'
export type { ApiDeps, CommandsDep, EvidenceDep, FlvHandle, InspectionRequest, InspectionsDep, ReportsDep, TransferDep } from './deps.ts'
export type { InspectionDetail } from './schema/index.ts'
