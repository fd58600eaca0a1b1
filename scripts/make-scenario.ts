// Writes fixtures/scenarios/district.json: the demonstration district, its cameras' records, and what is wrong with which of them.
// Run it with `node scripts/make-scenario.ts` after a change; the output is committed, so that the demo reads a file a person can read too.
import { writeFileSync } from 'node:fs'
import type { Scenario, ScenarioChannel, ScenarioDevice, ScenarioTruth } from '../src/simulator/index.ts'

const area = '320116'
const center = { longitude: 118.8, latitude: 32.38 }

type Ailment = Pick<ScenarioChannel, 'picture' | 'fault'> & { readonly truth: ScenarioTruth; readonly registers?: false; readonly record?: Readonly<Record<string, string | undefined>> }

const healthy = (picture: 'street' | 'gate' | 'square'): Ailment => ({ picture, fault: 'ok', truth: { result: 'pass', reasons: [], fault: 'none' } })
const shows = (picture: ScenarioChannel['picture'], result: 'fail' | 'review' | 'pass', reasons: readonly string[], fault: string): Ailment => ({ picture, fault: 'ok', truth: { result, reasons, fault } })
const behaves = (fault: ScenarioChannel['fault'], result: 'fail' | 'review', reason: string, text: string): Ailment => ({ picture: 'street', fault, truth: { result, reasons: [reason], fault: text } })
const recorded = (record: Readonly<Record<string, string | undefined>>, fault: string): Ailment => ({ ...healthy('gate'), record, truth: { result: 'review', reasons: ['record-incomplete'], fault } })

const black = shows('black', 'fail', ['black'], 'black picture')
const bars = shows('colour-bars', 'fail', ['colour-bars'], 'colour bars')
const frozen = shows('frozen', 'fail', ['frozen'], 'frozen picture, its clock runs')
const blurred = shows('blurred', 'review', ['unclear'], 'heavily blurred')
const night = shows('night', 'pass', [], 'none: dark night, healthy')
const noAnswer = behaves('no-answer', 'fail', 'no-answer', 'never answers')
const busy = behaves('busy', 'fail', 'refused', 'answers 486')
const noMedia = behaves('no-media', 'fail', 'no-media', 'answers and sends nothing')
const slow = behaves('slow-start', 'review', 'slow-response', 'first picture after 2.5 s')
const endsMidway = behaves('ends-midway', 'review', 'lost-midway', 'ends midway')
const unregistered: Ailment = { ...healthy('street'), registers: false, truth: { result: 'fail', reasons: ['not-registered'], fault: 'not registered at all' } }
const noCoordinates = recorded({ longitude: undefined, latitude: undefined }, 'record without coordinates')
const outside = recorded({ longitude: '117.283042', latitude: '31.861190' }, 'record outside its district')
const noFunction = recorded({ functionType: undefined }, 'record without a function type')

const places: Readonly<Record<'1' | '2' | '3', readonly (readonly [string, Ailment])[]>> = {
  '1': [
    ['雄州街道泰山路与园林西路路口', healthy('street')], ['区政府南门广场', healthy('square')], ['长途客运站出站口', black], ['龙津桥东桥头', healthy('street')],
    ['棠城公园北门', frozen], ['人民医院门诊入口', healthy('gate')], ['六合大道方州路路口', noCoordinates], ['金牛湖路环岛', healthy('street')],
    ['葛塘地铁站一号口', blurred], ['市民中心西侧', healthy('square')], ['雄州中学正门', night], ['龙池地铁站二号口', healthy('gate')],
    ['高速六合出口', noAnswer], ['竹镇派出所门前', healthy('gate')], ['马鞍街道治安卡口', slow], ['滨江大道观景台', healthy('square')],
    ['桥西路天桥', outside], ['文庙广场', healthy('square')], ['八百桥检查站', busy], ['横梁街道十字路口', healthy('street')],
  ],
  '2': [
    ['城市管理局大厅', healthy('gate')], ['自来水公司泵站', bars], ['实验小学东门', healthy('gate')], ['供电所营业厅', noMedia], ['程桥卫生院', healthy('square')],
    ['雄州农贸市场', endsMidway], ['区图书馆', healthy('street')], ['新集中心校', noFunction], ['邮政支局', healthy('gate')], ['冶山镇文化站', unregistered],
    ['公共自行车总站', healthy('street')], ['区档案馆', night], ['龙袍江堤管理所', healthy('square')],
  ],
  '3': [
    ['凤凰家园小区东门', healthy('gate')], ['紫晶广场地下车库入口', frozen], ['金宁大厦一层', healthy('square')], ['荣盛花园物业中心', noAnswer], ['白果小区南门', healthy('gate')],
    ['百信超市收银区', blurred], ['雄州工业园三号仓', healthy('street')], ['东方加油站', black], ['民生银行自助厅', healthy('gate')], ['雨润物流园大门', noCoordinates],
    ['瑞祥宾馆大堂', healthy('square')], ['永辉商场西门', busy], ['滨河幼儿园', healthy('street')],
  ],
}

/** Cameras with a microphone, by number. */
const sounds: Readonly<Partial<Record<number, ScenarioChannel['sound']>>> = { 2: 'pcma', 4: 'aac' }

const owners = { '1': '南京市公安局六合分局', '2': '六合区城市管理局', '3': '雄州物业管理有限公司' } as const

function channel(cameraClass: '1' | '2' | '3', index: number, serial: number, name: string, ailment: Ailment): ScenarioChannel {
  const id = `${area}00${cameraClass === '1' ? '00' : cameraClass === '2' ? '08' : '02'}1320${String(serial).padStart(6, '0')}`
  const record: Record<string, string | undefined> = {
    code: id,
    name,
    manufacturer: '1',
    area,
    class: cameraClass,
    model: 'DS-2CD3T47',
    cameraType: '3',
    functionType: cameraClass === '1' ? '2/5' : '5',
    encoding: serial % 2 === 0 ? '2' : '4',
    address: `南京市六合区${name}`,
    longitude: (center.longitude + ((serial * 37) % 100) / 500 - 0.1 + 0.000137).toFixed(6),
    latitude: (center.latitude + ((serial * 53) % 100) / 600 - 0.08 + 0.000259).toFixed(6),
    positionType: '9',
    networking: 'networked',
    policeUnit: '320116510000',
    installedAt: `202${index % 5}-0${1 + (index % 9)}-15`,
    managementUnit: owners[cameraClass],
    contact: '025-55550100',
    recordDays: '30',
    status: '1',
    builtBy: cameraClass === '1' ? '1' : '6',
    ...ailment.record,
  }
  const present = Object.fromEntries(Object.entries(record).filter((entry): entry is [string, string] => entry[1] !== undefined))
  return { id, name, codec: serial % 2 === 0 ? 'h264' : 'h265', picture: ailment.picture, fault: ailment.fault, ...(sounds[serial] && { sound: sounds[serial] }), record: present, truth: ailment.truth }
}

function district(): Scenario {
  const devices: ScenarioDevice[] = []
  const recorded: ScenarioChannel[] = []
  let serial = 0
  for (const cameraClass of ['1', '2', '3'] as const) {
    for (const [index, [name, ailment]] of places[cameraClass].entries()) {
      serial++
      const made = channel(cameraClass, index, serial, name, ailment)
      if (cameraClass === '3' && index < 6) {
        recorded.push(made)
        continue
      }
      devices.push({
        id: made.id,
        kind: 'camera',
        registers: ailment.registers !== false,
        signalling: serial % 3 === 0 ? 'tcp' : 'udp',
        media: Math.floor(serial / 2) % 2 === 0 ? 'tcp-passive' : 'udp',
        charset: serial % 2 === 0 ? 'gb2312' : 'utf-8',
        edition: serial % 4 === 0 ? '2016' : '2022',
        channels: [made],
      })
    }
  }
  devices.push({ id: `${area}00001180000001`, kind: 'recorder', registers: true, signalling: 'udp', media: 'tcp-passive', charset: 'gb2312', edition: '2022', channels: recorded })
  return { name: '六合区演示', area, password: 'yiji-demo-device', keepaliveS: 10, devices }
}

const file = new URL('../fixtures/scenarios/district.json', import.meta.url)
writeFileSync(file, `${JSON.stringify(district(), null, 1)}\n`)
