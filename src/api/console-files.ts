// The built console at `/`, and what is answered to addresses that lead nowhere.
import staticFiles from '@fastify/static'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { AppError } from '../base/index.ts'
import type { App } from './app.ts'
import type { ApiDeps } from './deps.ts'
import { problemOf, sendProblem } from './errors.ts'

const year = 365 * 24 * 3600

export async function serveConsole(app: App, { consoleDir }: ApiDeps): Promise<void> {
  const isBuilt = consoleDir !== undefined && existsSync(join(consoleDir, 'index.html'))
  if (isBuilt) {
    await app.register(staticFiles, {
      root: consoleDir,
      cacheControl: false,
      // The build leaves a .gz beside each text.
      preCompressed: true,
      // Names under assets/ carry their content's hash; everything else is asked for again.
      setHeaders: (reply, path) => void reply.header('cache-control', path.includes('/assets/') ? `public, max-age=${year}, immutable` : 'no-cache'),
    })
  } else {
    app.get('/', { schema: { hide: true } }, (_request, reply) => reply.type('text/plain; charset=utf-8').send('The console is not built yet: run `npm run build` and start again. The API is described at /docs.\n'))
  }
  app.setNotFoundHandler((request, reply) => {
    if (isBuilt && isPage(request)) return reply.header('cache-control', 'no-cache').sendFile('index.html')
    return notFound(request, reply)
  })
}

/** An address inside the console, which its own router knows: not the API's, and not a file's. */
function isPage(request: FastifyRequest): boolean {
  const path = request.url.split('?')[0] ?? ''
  return request.method === 'GET' && !/^\/(api|docs|openapi\.json|healthz|metrics)(\/|$)/.test(path) && !/\.[^/]*$/.test(path)
}

function notFound(request: FastifyRequest, reply: FastifyReply): void {
  const body = problemOf(new AppError('not-found', `there is nothing at ${request.method} ${request.url.split('?')[0]}`))
  if (body) sendProblem(reply, body)
}
