// Display coordinates against published pairs of WGS-84 and GCJ-02, there and back to two decimetres; outside the country nothing is shifted.
import t from 'tap'
import { fromShown, metresBetween, toShown } from './datum.ts'

/** Published with the reference implementations of the shift: Shanghai, Shenzhen, Beijing. */
const pairs = [
  { wgs: [121.5272106, 31.1774276], gcj: [121.531541859215, 31.17530398364597] },
  { wgs: [113.912316, 22.543847], gcj: [113.9171764808363, 22.540796131694766] },
  { wgs: [116.377817, 39.911954], gcj: [116.38404722455657, 39.91334545536069] },
] as const

t.test('known values, to a decimetre', async (t) => {
  for (const { wgs, gcj } of pairs) {
    t.ok(metresBetween(toShown(wgs, 'gcj02'), gcj) < 0.1, `${metresBetween(toShown(wgs, 'gcj02'), gcj)} m`)
    t.ok(metresBetween(fromShown(gcj, 'gcj02'), wgs) < 0.1)
    t.ok(metresBetween(wgs, gcj) > 300, 'and the shift is no small thing')
  }
})

t.test('what is shown and put back is where it was, over the whole country; other maps shift nothing', async (t) => {
  for (let lon = 75; lon <= 134; lon += 3.7) {
    for (let lat = 19; lat <= 52; lat += 3.1) {
      t.ok(metresBetween(fromShown(toShown([lon, lat], 'gcj02'), 'gcj02'), [lon, lat]) < 0.2)
      t.same(toShown([lon, lat], 'wgs84'), [lon, lat])
    }
  }
  t.same(toShown([2.35, 48.85], 'gcj02'), [2.35, 48.85])
})

t.test('metres', async (t) => {
  t.ok(Math.abs(metresBetween([118, 32], [118, 33]) - 111_195) < 5)
  t.equal(metresBetween([118, 32], [118, 32]), 0)
})
