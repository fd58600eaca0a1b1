// Photographs with free licences from Debian packages, and which half each is in. Scenes of the test half were never looked at while
// parameters were chosen: the split was made by name before the first of them was opened (the first eleven by name for tuning).

export interface Scene {
  readonly name: string
  readonly file: string
  /** Package, and who holds the rights by its copyright file. */
  readonly from: string
  readonly half: 'tuning' | 'test'
  /** Something near is in focus and the rest is not: sharp somewhere only. */
  readonly isShallow?: boolean
}

const lomiri = (name: string, file: string, half: Scene['half'], isShallow?: boolean): Scene => ({ name, file: `/usr/share/backgrounds/${file}.jpg`, from: 'lomiri-wallpapers-16.04', half, ...(isShallow && { isShallow }) })
const plasma = (name: string, file: string, half: Scene['half'], isShallow?: boolean): Scene => ({ name, file: `/usr/share/wallpapers/${file}/contents/images/2560x1600.jpg`, from: 'plasma-workspace-wallpapers', half, ...(isShallow && { isShallow }) })
const mate = (name: string, file: string, half: Scene['half'], isShallow?: boolean): Scene => ({ name, file: `/usr/share/backgrounds/mate/nature/${file}.jpg`, from: 'mate-backgrounds', half, ...(isShallow && { isShallow }) })

export const scenes: readonly Scene[] = [
  lomiri('aitzgorri', 'aitzgorri_by_Aitzol_Berasategi', 'tuning'),
  lomiri('bird', 'free_by_Peter_Nerlich', 'tuning'),
  plasma('boats', 'EveningGlow', 'tuning'),
  lomiri('bridge', 'Bridge_by_Sander_Klootwijk', 'tuning'),
  lomiri('brook', 'life_by_Aitzol_Berasategi', 'tuning'),
  plasma('bywater', 'BytheWater', 'tuning', true),
  lomiri('clock', 'greentock_by_Peter_Nerlich', 'tuning'),
  plasma('cups', 'ColorfulCups', 'tuning'),
  lomiri('dogs', 'friends_by_Aitzol_Berasategi', 'tuning'),
  lomiri('dragonfly', 'Dragonfly_by_Bolly', 'tuning'),
  plasma('facade', 'Grey', 'tuning'),
  lomiri('fig', 'Picture_0B_by_freespace', 'test'),
  mate('garden', 'Garden', 'test', true),
  plasma('kite', 'Kite', 'test'),
  { name: 'kleiber', file: '/usr/share/backgrounds/Kleiber_by_Lukas_Baubkus.jpg', from: 'lomiri-wallpapers-20.04', half: 'test', isShallow: true },
  mate('ladybird', 'LadyBird', 'test', true),
  plasma('leaf', 'FallenLeaf', 'test', true),
  plasma('moss', 'OneStandsOut', 'test'),
  plasma('path', 'Path', 'test'),
  lomiri('picos', 'picosdeeuropa_by_Aitzol_Berasategi', 'test'),
  plasma('pier', 'ColdRipple', 'test'),
  lomiri('seeding', 'seeding_by_Clements_Engelhardt', 'test', true),
  plasma('summer', 'summer_1am', 'test'),
  lomiri('sunset', 'sunset_by_Aitzol_Berasategi', 'test'),
  lomiri('wine', 'Wine_by_Jakkub_Mede', 'test'),
]

export const packages = [...new Set(scenes.map((scene) => scene.from))]
