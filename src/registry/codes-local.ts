// Codes that one place added to the common tables: those of Hefei's 天网 camera table, by which other offices' numbers read too.
import { table } from './code-table.ts'

/** SXJLX. */
export const cameraTypes = table(['100', '高点监控', 'high point'], ['101', '半高点球机', 'half-high dome'])

/** SXJGNLX. */
export const functionTypes = table(
  ['100', '综合治理枪机', 'general bullet'],
  ['101', '综合治理球机', 'general dome'],
  ['102', '人像识别枪机（后智能）', 'faces, recognised behind'],
  ['103', '虚拟卡口', 'virtual checkpoint'],
  ['104', '高空枪机', 'high bullet'],
  ['105', '高空球机', 'high dome'],
  ['106', '半高空球机', 'half-high dome'],
  ['107', '视频结构化（后智能）', 'structured behind'],
  ['108', '全景拼接', 'stitched panorama'],
  ['109', '枪球联动（球）', 'bullet and dome, the dome'],
  ['110', '枪球联动（枪）', 'bullet and dome, the bullet'],
  ['111', '高倍高点球机', 'high point dome of long zoom'],
  ['112', '高倍高点云台枪机', 'high point bullet of long zoom'],
  ['113', '机房摄像机', 'machine room'],
)

/** BGSX. */
export const supplyLights = table(['10', '外置白光', 'white, outside'], ['11', '内置白光', 'white, built in'], ['12', 'LED频闪', 'LED strobe'])

/** SXJWZLX. */
export const positionTypes = table(
  ['100', '高速路口', 'expressway junction'],
  ['101', '高速路段', 'expressway stretch'],
  ['102', '城市高点', 'high point of the city'],
  ['103', '拥堵路段', 'congested stretch'],
  ['104', '旅馆周边', 'around hotels'],
  ['105', '网吧周边', 'around net cafés'],
  ['106', '公园周边', 'around parks'],
  ['107', '娱乐场所', 'place of entertainment'],
  ['108', '新闻媒体单位周边', 'around the press'],
  ['109', '电信邮政单位周边', 'around telecom and post'],
  ['110', '机场周边', 'around airports'],
  ['111', '铁路沿线', 'along railways'],
  ['112', '火车站周边', 'around railway stations'],
  ['113', '汽车站周边', 'around coach stations'],
  ['114', '港口周边', 'around ports'],
  ['115', '城市轨道交通站', 'metro station'],
  ['116', '公交车站周边', 'around bus stops'],
  ['117', '停车场（库）', 'car park'],
  ['118', '地下人行通道', 'pedestrian underpass'],
  ['119', '隧道', 'tunnel'],
  ['120', '过街天桥', 'footbridge'],
  ['121', '省/市/县（区）际道路主要出入口', 'main road across a boundary'],
  ['122', '收费站通道', 'toll gate'],
  ['123', '高速公路卡口卡点', 'expressway checkpoint'],
  ['124', '国道卡口卡点', 'national road checkpoint'],
  ['125', '省道卡口卡点', 'provincial road checkpoint'],
  ['126', '大型桥梁通行区域', 'great bridge'],
  ['127', '隧道通行区域', 'tunnel passage'],
  ['128', '大型能源动力设施周边', 'around great energy works'],
  ['129', '城市能源供应单位周边', 'around energy suppliers'],
  ['130', '文博单位', 'museum unit'],
  ['131', '国家重点建设工程工地', 'national building site'],
  ['132', '居民小区', 'residential quarter'],
  ['133', '高架上下匝道', 'ramp of an elevated road'],
  ['134', '加油站', 'filling station'],
  ['135', '人脸重点区域', 'face capture area'],
  ['136', '黄标车卡点', 'emission checkpoint'],
  ['137', '采血点附近', 'around blood donation'],
)
