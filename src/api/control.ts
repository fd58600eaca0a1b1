// Commands to cameras: turning with a lease, presets, home position, cruises and the rarer ones. What a device refuses is said with who refused.
import { createHash } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import type { Action } from '../accounts/index.ts'
import type { App } from './app.ts'
import { cameraFor } from './areas.ts'
import { sessionOf } from './auth.ts'
import type { ChannelTarget, Command, CommandTaken } from './control-deps.ts'
import type { ApiDeps } from './deps.ts'
import { valueOf } from './errors.ts'
import {
  CameraCommand, CommandDone, CruiseDetail, CruiseParams, CruiseTrack, HomePosition, HomePositionAnswer, IdParams, Items, Preset, PresetName, PresetParams, PtzAnswer, PtzPosition, PtzRequest,
} from './schema/index.ts'

/** Commands of POST /commands that change how a device guards or what it keeps; the others only turn the camera. */
const operating = new Set<CameraCommand['kind']>(['guard', 'alarm-reset', 'record', 'cruise-point', 'cruise-delete', 'cruise-speed', 'cruise-stay', 'scan-speed'])

export function controlRoutes(app: App, { registry, control }: ApiDeps): void {
  const targetFor = async (request: FastifyRequest, action: Action, id: string, detail?: string): Promise<ChannelTarget> => {
    const camera = await cameraFor(request, registry, action, id)
    request.audited = { subject: camera.id, ...(detail === undefined ? {} : { detail }) }
    return valueOf(await control.targetOf(camera.id))
  }
  const done = async (target: ChannelTarget, command: Command): Promise<CommandTaken> => valueOf(await control.command(target, command))

  app.post(
    '/cameras/:id/ptz',
    {
      schema: { tags: ['control'], summary: 'Turn the camera for as long as it is held, or stop it', params: IdParams, body: PtzRequest, response: { 200: PtzAnswer } },
      config: { allow: 'cameras.control', audit: 'camera.ptz' },
    },
    async (request) => {
      const target = await targetFor(request, 'cameras.control', request.params.id)
      const owner = ownerOf(request)
      if ('stop' in request.body) {
        const { stop: _stop, everything = false } = request.body
        valueOf(await control.stop(target, everything ? undefined : owner))
        // The end of one's own series is told with its beginning.
        request.isNoted = !everything
        request.audited = { subject: request.params.id, detail: 'stop everything' }
        return { isMoving: false }
      }
      const { isNew, heldUntilMs } = valueOf(await control.move(target, request.body, owner))
      request.isNoted = !isNew
      request.audited = { subject: request.params.id, detail: 'move' }
      return { isMoving: true, heldUntilMs }
    },
  )

  app.get(
    '/cameras/:id/ptz-position',
    { schema: { tags: ['control'], summary: 'Where the camera looks, asked now (2022)', params: IdParams, response: { 200: PtzPosition } }, config: { allow: 'cameras.control' } },
    async (request) => valueOf(await control.ptzPosition(await targetFor(request, 'cameras.control', request.params.id))),
  )

  app.get(
    '/cameras/:id/presets',
    { schema: { tags: ['control'], summary: 'Presets, asked now', params: IdParams, response: { 200: Items(Preset) } }, config: { allow: 'cameras.control' } },
    async (request) => ({ items: valueOf(await control.presets(await targetFor(request, 'cameras.control', request.params.id))) }),
  )
  app.put(
    '/cameras/:id/presets/:n',
    {
      schema: { tags: ['control'], summary: 'Keep where the camera looks now as a preset; the name is of the 2022 edition', params: PresetParams, body: PresetName, response: { 200: CommandDone } },
      config: { allow: 'devices.operate', audit: 'camera.preset-set' },
    },
    async (request) => {
      const { id, n } = request.params
      const { name } = request.body
      return done(await targetFor(request, 'devices.operate', id, String(n)), { kind: 'preset', action: 'set', n, ...(name === undefined ? {} : { name }) })
    },
  )
  app.post(
    '/cameras/:id/presets/:n/call',
    { schema: { tags: ['control'], summary: 'Go to a preset', params: PresetParams, response: { 200: CommandDone } }, config: { allow: 'cameras.control', audit: 'camera.preset-call' } },
    async (request) => done(await targetFor(request, 'cameras.control', request.params.id, String(request.params.n)), { kind: 'preset', action: 'call', n: request.params.n }),
  )
  app.delete(
    '/cameras/:id/presets/:n',
    { schema: { tags: ['control'], summary: 'Delete a preset', params: PresetParams, response: { 200: CommandDone } }, config: { allow: 'devices.operate', audit: 'camera.preset-delete' } },
    async (request) => done(await targetFor(request, 'devices.operate', request.params.id, String(request.params.n)), { kind: 'preset', action: 'delete', n: request.params.n }),
  )

  app.get(
    '/cameras/:id/home-position',
    { schema: { tags: ['control'], summary: 'Where the camera returns to when idle, asked now (2022)', params: IdParams, response: { 200: HomePositionAnswer } }, config: { allow: 'cameras.control' } },
    async (request) => {
      const homePosition = valueOf(await control.homePosition(await targetFor(request, 'cameras.control', request.params.id)))
      return homePosition ? { homePosition } : {}
    },
  )
  app.put(
    '/cameras/:id/home-position',
    { schema: { tags: ['control'], summary: 'Set or switch off where the camera returns to', params: IdParams, body: HomePosition, response: { 200: CommandDone } }, config: { allow: 'devices.operate', audit: 'camera.home-position' } },
    async (request) => done(await targetFor(request, 'devices.operate', request.params.id, JSON.stringify(request.body)), { kind: 'home-position', ...request.body }),
  )

  app.get(
    '/cameras/:id/cruises',
    { schema: { tags: ['control'], summary: 'Cruises, asked now (2022)', params: IdParams, response: { 200: Items(CruiseTrack) } }, config: { allow: 'cameras.control' } },
    async (request) => ({ items: valueOf(await control.cruises(await targetFor(request, 'cameras.control', request.params.id))) }),
  )
  app.get(
    '/cameras/:id/cruises/:n',
    { schema: { tags: ['control'], summary: 'The points of one cruise, asked now (2022)', params: CruiseParams, response: { 200: CruiseDetail } }, config: { allow: 'cameras.control' } },
    async (request) => valueOf(await control.cruise(await targetFor(request, 'cameras.control', request.params.id), request.params.n)),
  )

  app.post(
    '/cameras/:id/commands',
    {
      schema: { tags: ['control'], summary: 'Keyframe, drag-zoom, angles, cruise, scan, auxiliaries, target track, guard, alarm reset, recording', params: IdParams, body: CameraCommand, response: { 200: CommandDone } },
      config: { allow: 'cameras.control', audit: 'camera.command' },
    },
    async (request) => {
      const { body } = request
      return done(await targetFor(request, operating.has(body.kind) ? 'devices.operate' : 'cameras.control', request.params.id, JSON.stringify(body)), body)
    },
  )
}

/** Who holds a camera: this session, as a token of its own, so that no credential goes further than here. */
function ownerOf(request: FastifyRequest): string {
  const { account, token = '' } = sessionOf(request)
  return `${account.name}:${createHash('sha256').update(token).digest('base64url').slice(0, 16)}`
}
