// The HTTP application without a port: plugins, guards, routes. server.ts gives it one; tests inject requests.
import cookie from '@fastify/cookie'
import helmet from '@fastify/helmet'
import multipart from '@fastify/multipart'
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import { TypeBoxValidatorCompiler, type TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import fastify, { type FastifyBaseLogger, type FastifyInstance, type RawServerDefault, type RouteOptions } from 'fastify'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { alarmRoutes } from './alarms.ts'
import { appealRoutes } from './appeals.ts'
import { auditRoutes } from './audit.ts'
import { auditSuccess, authenticate } from './auth.ts'
import { cameraRoutes } from './cameras.ts'
import { checkRoutes } from './checks.ts'
import { completenessRoutes } from './completeness.ts'
import { serveConsole } from './console-files.ts'
import { controlRoutes } from './control.ts'
import type { ApiDeps } from './deps.ts'
import { deviceControlRoutes } from './device-control.ts'
import { deviceSnapshotRoutes } from './device-snapshots.ts'
import { deviceRoutes } from './devices.ts'
import { drawRoutes } from './draws.ts'
import { answerNoRequest, errorHandler } from './errors.ts'
import { eventRoutes } from './events.ts'
import { exemptionRoutes } from './exemptions.ts'
import { fieldRoutes } from './fields.ts'
import { findingRoutes } from './findings.ts'
import { inspectionRoutes } from './inspections.ts'
import { createLiveTokens } from './live-token.ts'
import { liveRoutes } from './live.ts'
import { mapRoutes, tileOrigins } from './map.ts'
import { createOpenAnswers } from './open-answers.ts'
import { keepingRoutes, packageRoutes } from './packages.ts'
import { playbackRoutes } from './playbacks.ts'
import { pointRoutes } from './points.ts'
import { rejudgementRoutes } from './rejudgements.ts'
import { reportRoutes } from './reports.ts'
import { ruleSetRoutes } from './rule-sets.ts'
import { Problem } from './schema/index.ts'
import { secondLookRoutes } from './second-looks.ts'
import { sessionRoutes } from './session.ts'
import { sessionsRoutes } from './sessions.ts'
import { settingRoutes } from './settings.ts'
import { signingKeyRoutes } from './signing-keys.ts'
import { sourceRoutes } from './sources.ts'
import { summaryRoutes } from './summaries.ts'
import { systemRoutes, systemStateRoutes } from './system.ts'
import { traceRoutes } from './traces.ts'
import { transferRoutes } from './transfer.ts'
import { userRoutes } from './users.ts'
import { valueRoutes } from './values.ts'
import { openWebSockets } from './web-sockets.ts'

/** A Fastify instance whose handlers are typed by their schemas. */
export type App = FastifyInstance<RawServerDefault, IncomingMessage, ServerResponse, FastifyBaseLogger, TypeBoxTypeProvider>

declare module 'fastify' {
  interface FastifyInstance {
    /** Every route with what it allows, as it was registered: tests try them all. */
    readonly routesWithRights: RouteOptions[]
  }
}

export const apiPrefix = '/api/v1'
/** A request body that is no file; a filled record is about 2 kB. */
const bodyLimit = 1024 * 1024
/** An import of 100,000 records is about 30 MB. */
const fileLimit = 64 * 1024 * 1024
/** Time for a request to arrive whole: an import of that size over 2 Mbit/s. Answers may take as long as they like. */
const requestTimeout = 300_000

export async function buildApi(deps: ApiDeps): Promise<App> {
  const app: App = fastify({
    logger: false,
    bodyLimit,
    requestTimeout,
    trustProxy: deps.trustProxy === undefined ? false : [...deps.trustProxy],
    exposeHeadRoutes: false,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 300 },
    // What fails before there is a route, such as an address that cannot be decoded, is answered alike.
    frameworkErrors: errorHandler(deps),
    clientErrorHandler: answerNoRequest,
  }).withTypeProvider<TypeBoxTypeProvider>()
  app.setValidatorCompiler(TypeBoxValidatorCompiler)
  app.setErrorHandler(errorHandler(deps))
  app.decorateRequest('session', undefined)
  app.decorateRequest('audited', undefined)
  app.decorateRequest('isNoted', false)
  app.decorateRequest('endsOwnSession', false)
  app.decorate('routesWithRights', [])
  await app.register(helmet, securityHeaders(tileOrigins(deps.map)))
  await app.register(cookie)
  await app.register(multipart, { limits: { files: 1, fields: 0, fileSize: fileLimit } })
  await describe(app, deps.version)

  const liveTokens = deps.liveTokens ?? createLiveTokens(deps)
  const webSockets = openWebSockets(app, deps.clock)
  const openAnswers = createOpenAnswers(deps)
  app.addHook('onClose', async () => openAnswers.close())
  app.addHook('onRoute', (route) => {
    guardRoute(route)
    app.routesWithRights.push(route)
  })
  app.addHook('onRequest', authenticate(deps.accounts, liveTokens, openAnswers))
  app.addHook('onSend', auditSuccess(deps.accounts))
  await app.register(
    async (api: App) => {
      sessionRoutes(api, deps)
      settingRoutes(api, deps)
      valueRoutes(api, deps)
      findingRoutes(api, deps)
      checkRoutes(api, deps)
      completenessRoutes(api, deps)
      cameraRoutes(api, deps)
      pointRoutes(api, deps)
      mapRoutes(api, deps)
      fieldRoutes(api, deps)
      sourceRoutes(api, deps)
      transferRoutes(api, deps)
      deviceRoutes(api, deps)
      deviceControlRoutes(api, deps)
      controlRoutes(api, deps)
      deviceSnapshotRoutes(api, deps)
      alarmRoutes(api, deps)
      traceRoutes(api, deps)
      liveRoutes(api, deps, liveTokens, webSockets)
      playbackRoutes(api, deps, liveTokens, webSockets)
      inspectionRoutes(api, deps)
      drawRoutes(api, deps)
      exemptionRoutes(api, deps)
      eventRoutes(api, deps)
      reportRoutes(api, deps)
      summaryRoutes(api, deps)
      packageRoutes(api, deps)
      keepingRoutes(api, deps)
      signingKeyRoutes(api, deps)
      ruleSetRoutes(api, deps)
      appealRoutes(api, deps)
      secondLookRoutes(api, deps)
      rejudgementRoutes(api, deps)
      userRoutes(api, deps)
      sessionsRoutes(api, deps)
      auditRoutes(api, deps)
      systemStateRoutes(api, deps)
    },
    { prefix: apiPrefix },
  )
  systemRoutes(app, deps)
  await serveConsole(app, deps)
  return app
}

/** No outside address but those of map tiles that were configured; mpegts.js feeds the video element from a blob and works in a blob's worker. No HTTPS is forced: many sites have none inside. */
const securityHeaders = (tiles: readonly string[]) => ({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'self'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'", "'unsafe-inline'"],
      imgSrc: ["'self'", 'data:', 'blob:', ...tiles],
      fontSrc: ["'self'", 'data:'],
      mediaSrc: ["'self'", 'blob:'],
      workerSrc: ["'self'", 'blob:'],
      connectSrc: ["'self'"],
      objectSrc: ["'none'"],
      baseUri: ["'self'"],
      formAction: ["'self'"],
      frameAncestors: ["'self'"],
    },
  },
  referrerPolicy: { policy: 'same-origin' },
  strictTransportSecurity: false,
  crossOriginOpenerPolicy: false,
  originAgentCluster: false,
}) as const

async function describe(app: App, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Yiji (一机一档)', description: 'GB/T 28181 video-network registry and live-stream inspection', version },
      components: {
        securitySchemes: { bearer: { type: 'http', scheme: 'bearer' }, cookie: { type: 'apiKey', in: 'cookie', name: 'yiji_session' } },
      },
      security: [{ bearer: [] }, { cookie: [] }],
    },
  })
  await app.register(swaggerUi, { routePrefix: '/docs', staticCSP: true })
  app.get('/openapi.json', { schema: { hide: true } }, () => app.swagger())
}

/** A route without a schema, without a word on who may use it, or that changes something unseen by the audit trail, stops the start. */
function guardRoute(route: RouteOptions): void {
  if (route.schema?.hide === true) return
  const { allow, audit } = route.config ?? {}
  if (allow === undefined || !route.schema?.response) throw new Error(`${route.url}: a route needs a schema and config.allow`)
  if (route.method !== 'GET' && audit === undefined) throw new Error(`${route.url}: a route that changes something needs config.audit`)
  Object.assign(route.schema.response, { default: { description: 'problem details', content: { 'application/problem+json': { schema: Problem } } } })
}
