// Photographs with free licences from Debian packages, which half each is in, and what of it lies in focus.
// The tuning half holds every scene that anything was ever chosen on. The test half came later, from packages that had not been opened before: its
// scenes were listed and labelled by looking at the pictures, before any figure of ours was computed of them, and their results were
// not looked at until method and bands were frozen.
// A scene is shallow where something near is in focus and the rest is not, or where it is a close-up: a lens that surveillance does not use
// (it focuses deep). Shallow scenes are counted apart, and stay in the list.

export interface Scene {
  readonly name: string
  /** As its package installs it; a `.edj` holds several JPEGs, of which the largest is taken. */
  readonly file: string
  readonly from: string
  /** By the copyright file of the package. */
  readonly licence: string
  readonly half: 'tuning' | 'test'
  readonly isShallow?: true
}

type Row = readonly [name: string, file: string, isShallow?: 'shallow']
const group = (half: Scene['half'], from: string, licence: string, path: (file: string) => string, rows: readonly Row[]): readonly Scene[] => rows.map(([name, file, focus]) => ({ name, file: path(file), from, licence, half, ...(focus && { isShallow: true as const }) }))

const backgrounds = (file: string): string => `/usr/share/backgrounds/${file}.jpg`

const tuning: readonly Scene[] = [
  ...group('tuning', 'lomiri-wallpapers-16.04', 'CC-BY-4.0, CC-BY-SA-4.0, CC0-1.0', backgrounds, [
    ['aitzgorri', 'aitzgorri_by_Aitzol_Berasategi'],
    ['bird', 'free_by_Peter_Nerlich'],
    ['bridge', 'Bridge_by_Sander_Klootwijk'],
    ['brook', 'life_by_Aitzol_Berasategi'],
    ['clock', 'greentock_by_Peter_Nerlich', 'shallow'],
    ['dogs', 'friends_by_Aitzol_Berasategi'],
    ['dragonfly', 'Dragonfly_by_Bolly', 'shallow'],
    ['fig', 'Picture_0B_by_freespace'],
    ['picos', 'picosdeeuropa_by_Aitzol_Berasategi'],
    ['seeding', 'seeding_by_Clements_Engelhardt', 'shallow'],
    ['sunset', 'sunset_by_Aitzol_Berasategi'],
    ['wine', 'Wine_by_Jakkub_Mede', 'shallow'],
  ]),
  ...group('tuning', 'lomiri-wallpapers-20.04', 'CC-BY-SA-3.0', backgrounds, [['kleiber', 'Kleiber_by_Lukas_Baubkus', 'shallow']]),
  ...group('tuning', 'mate-backgrounds', 'GPL-2+', (file) => backgrounds(`mate/nature/${file}`), [
    ['garden', 'Garden', 'shallow'],
    ['ladybird', 'LadyBird', 'shallow'],
  ]),
  ...group('tuning', 'plasma-workspace-wallpapers', 'GPL-2+', (file) => `/usr/share/wallpapers/${file}/contents/images/2560x1600.jpg`, [
    ['boats', 'EveningGlow'],
    ['bywater', 'BytheWater', 'shallow'],
    ['cups', 'ColorfulCups', 'shallow'],
    ['facade', 'Grey'],
    ['kite', 'Kite'],
    ['leaf', 'FallenLeaf', 'shallow'],
    ['moss', 'OneStandsOut'],
    ['path', 'Path'],
    ['pier', 'ColdRipple'],
    ['summer', 'summer_1am'],
  ]),
]

/**
 * Not taken, and why: drawn or rendered (Dunes, Flat-Fan, Sunset-Hills and Paper-Flower of enlightenment-data, most of gnome-backgrounds, ukui-wallpapers
 * and lxqt-themes); taken from a moving car (Storm of mate-backgrounds); a radial blur laid over it (cloud of lxqt-themes).
 */
const test: readonly Scene[] = [
  ...group('test', 'enlightenment-data', 'BSD-2-clause', (file) => `/usr/share/enlightenment/data/backgrounds/${file}.edj`, [
    ['bamboo', 'Bamboo', 'shallow'],
    ['clouds', 'Sunset-Clouds'],
    ['fir', 'Foggy-Trees'],
    ['frangipani', 'White-Flower', 'shallow'],
    ['greenmaple', 'Green-Maple', 'shallow'],
    ['lanterns', 'Sea-of-Lanterns'],
    ['lichen', 'Lichen-Branches', 'shallow'],
    ['mountain', 'Mountain'],
    ['oleander', 'Yellow-Flower', 'shallow'],
    ['peaks', 'Peaks'],
    ['rays', 'God-Rays'],
    ['redmaple', 'Red-Maple', 'shallow'],
    ['snow', 'Snow-Trees'],
    ['spruce', 'Spruce-Needles', 'shallow'],
  ]),
  ...group('test', 'forensics-samples-files', 'CC-BY-SA-4.0', (file) => `/usr/share/forensics-samples/original-files/${file}`, [
    ['avenue', 'pic1/IMG_1054.JPG'],
    ['board', 'pic1/IMG_20200827_231612.jpg', 'shallow'],
    ['lawn', 'pic2/IMG_20200608_111614.jpg'],
    ['puppy', 'pic2/IMG_20200124_231153.jpg'],
    ['supper', 'pic2/IMG_20191224_234846.jpg'],
  ]),
  ...group('test', 'lxqt-themes', 'CC-BY-SA-3.0, LGPL-2.1+', (file) => `/usr/share/lxqt/wallpapers/${file}`, [
    ['appleflower', 'appleflower.png', 'shallow'],
    ['beam', 'beam.png'],
    ['butterfly', 'butterfly.png', 'shallow'],
    ['downs', 'this-is-not-windows.jpg'],
    ['evening', 'after-the-rain.jpg'],
    ['mist', 'fog.jpg'],
    ['poppies', 'flowers.png', 'shallow'],
    ['valendas', 'Valendas.png'],
  ]),
  ...group('test', 'mate-backgrounds', 'GPL-2+', (file) => backgrounds(`mate/nature/${file}`), [
    ['dandelion', 'TwoWings', 'shallow'],
    ['drop', 'Aqua', 'shallow'],
    ['ridge', 'Wood', 'shallow'],
    ['sunflower', 'YellowFlower', 'shallow'],
  ]),
  ...group('test', 'opencv-doc', 'Apache-2.0', (file) => `/usr/share/doc/opencv-doc/examples/text/${file}.jpg`, [
    ['sign2', 'scenetext02'],
    ['sign4', 'scenetext04'],
    ['sign5', 'scenetext05'],
  ]),
  ...group('test', 'palapeli-data', 'GPL-2+', (file) => `/usr/share/palapeli/collection/${file}.jpg`, [['roebling', 'cincinnati-bridge']]),
  ...group('test', 'sddm-theme-maldives', 'CC-BY-3.0', (file) => `/usr/share/sddm/themes/maldives/${file}`, [['resort', 'background.jpg']]),
]

export const scenes: readonly Scene[] = [...tuning, ...test]
