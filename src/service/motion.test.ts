import t from 'tap'
import { motionOf } from './motion.ts'

t.test('signed speeds become directions and speeds', (t) => {
  t.same(motionOf({ pan: -1 }), { kind: 'move', pan: 'left', panSpeed: 255 })
  t.same(motionOf({ pan: 0.5, tilt: -0.25, zoom: 1 }), { kind: 'move', pan: 'right', panSpeed: 128, tilt: 'down', tiltSpeed: 64, zoom: 'in', zoomSpeed: 15 })
  t.same(motionOf({ zoom: -0.001 }), { kind: 'move', zoom: 'out', zoomSpeed: 1 }, 'what is asked for is never nothing')
  t.same(motionOf({ focus: 1, iris: -0.5 }), { kind: 'lens', focus: 'far', focusSpeed: 255, iris: 'close', irisSpeed: 128 })
  t.equal(motionOf({}), undefined)
  t.equal(motionOf({ pan: 0, holdMs: 500 }), undefined)
  t.equal(motionOf({ pan: 1, iris: 1 }), undefined, 'two messages, two stops')
  t.end()
})
