// Code tables of the record's columns, as several provinces' record programs agree on them; local additions (100 and up) are in codes-local.ts,
// and others are accepted as they are.
import * as local from './codes-local.ts'
import { table, type CodeTable } from './code-table.ts'

export type { Code, CodeTable } from './code-table.ts'

/** JKDWLX. The catalog's Info.PointType has no 4. */
export const pointClasses = table(
  ['1', '一类', 'Class I'],
  ['2', '二类', 'Class II'],
  ['3', '三类', 'Class III'],
  ['4', '公安内部', 'police internal'],
  ['9', '其他点位', 'other'],
)

/** SBCS. */
export const manufacturers = table(
  ['1', '海康', 'Hikvision'],
  ['2', '大华', 'Dahua'],
  ['3', '天地伟业', 'Tiandy'],
  ['4', '科达', 'Kedacom'],
  ['5', '安讯士', 'Axis'],
  ['6', '博世', 'Bosch'],
  ['7', '亚安', 'YAAN'],
  ['8', '英飞拓', 'Infinova'],
  ['9', '宇视', 'Uniview'],
  ['10', '海信', 'Hisense'],
  ['11', '中星电子', 'Vimicro'],
  ['12', '明景', 'Mingjing'],
  ['13', '联想', 'Lenovo'],
  ['14', '中兴', 'ZTE'],
  ['15', '华为', 'Huawei'],
  ['99', '其他', 'other'],
)

/** SXJLX. */
export const cameraTypes: CodeTable = [...table(
  ['1', '球机', 'dome'],
  ['2', '半球', 'half dome'],
  ['3', '固定枪机', 'fixed bullet'],
  ['4', '遥控枪机', 'remote bullet'],
  ['5', '卡口枪机', 'checkpoint bullet'],
  ['99', '未知', 'unknown'],
), ...local.cameraTypes]

/** SXJGNLX, several joined by "/". */
export const functionTypes: CodeTable = [...table(
  ['1', '车辆卡口', 'vehicle checkpoint'],
  ['2', '人员卡口', 'person checkpoint'],
  ['3', '微卡口', 'small checkpoint'],
  ['4', '特征摄像机', 'feature camera'],
  ['5', '普通监控', 'ordinary surveillance'],
  ['6', '高空瞭望', 'high lookout'],
  ['99', '其他', 'other'],
), ...local.functionTypes]

/** BGSX. */
export const supplyLights: CodeTable = [...table(['1', '无补光', 'none'], ['2', '红外', 'infrared'], ['3', '白光', 'white'], ['9', '其他', 'other']), ...local.supplyLights]

/** SXJBMGS. Not the catalog's Info.EncodeType: there 4 is 3GP and 5 is H.265. */
export const encodings = table(['1', 'MPEG-4', 'MPEG-4'], ['2', 'H.264', 'H.264'], ['3', 'SVAC', 'SVAC'], ['4', 'H.265', 'H.265'])

/** SXJWZLX, several joined by "/". */
export const positionTypes: CodeTable = [...table(
  ['1', '省际检查站', 'provincial checkpoint'],
  ['2', '党政机关', 'party and government'],
  ['3', '车站码头', 'stations and piers'],
  ['4', '中心广场', 'central square'],
  ['5', '体育场馆', 'sports venue'],
  ['6', '商业中心', 'shopping centre'],
  ['7', '宗教场所', 'religious place'],
  ['8', '校园周边', 'around schools'],
  ['9', '治安复杂区域', 'area of concern'],
  ['10', '交通干线', 'main road'],
  ['11', '医院周边', 'around hospitals'],
  ['12', '金融机构周边', 'around banks'],
  ['13', '危险物品场所周边', 'around dangerous goods'],
  ['14', '博物馆展览馆', 'museum or exhibition'],
  ['15', '重点水域航道', 'waterway'],
  ['96', '市际公安检查站', 'city checkpoint'],
  ['97', '涉外场所', 'foreign-related place'],
  ['98', '边境沿线', 'border'],
  ['99', '旅游景区', 'scenic area'],
), ...local.positionTypes]

/** JSFW: where the optical axis points. */
export const directions = table(
  ['1', '东', 'east'],
  ['2', '西', 'west'],
  ['3', '南', 'south'],
  ['4', '北', 'north'],
  ['5', '东南', 'south-east'],
  ['6', '东北', 'north-east'],
  ['7', '西南', 'south-west'],
  ['8', '西北', 'north-west'],
  ['9', '全向', 'all around'],
)

/** LWSX is kept in words: programs disagree on what 0 and 1 mean. */
export const networkings = table(['networked', '已联网', 'networked'], ['not-networked', '未联网', 'not networked'])

/** SBZT: administrative, not whether the camera answers. */
export const statuses = table(['1', '在用', 'in use'], ['2', '维修', 'under repair'], ['3', '拆除', 'removed'])

/** SSBMHY, several joined by "/". */
export const industries = table(
  ['1', '公安', 'police'],
  ['2', '环保', 'environment'],
  ['3', '文博', 'museums'],
  ['4', '医疗', 'health'],
  ['5', '旅游', 'tourism'],
  ['6', '新闻广电', 'press and broadcast'],
  ['7', '食药', 'food and drugs'],
  ['8', '教育', 'education'],
  ['9', '检察院', 'procuratorate'],
  ['10', '法院', 'courts'],
  ['11', '金融', 'finance'],
  ['12', '交通', 'transport'],
  ['13', '住建', 'housing'],
  ['14', '水利', 'water'],
  ['15', '林业', 'forestry'],
  ['16', '安监', 'work safety'],
  ['17', '市政市容', 'municipal'],
  ['18', '国土', 'land'],
)

/** JSYYLB: who built it; another axis than the class. */
export const builders = table(
  ['1', '公安出资建设', 'built by police'],
  ['2', '社会单位出资建设公安租赁', 'built by a unit, leased by police'],
  ['3', '区县街镇出资建设公安使用', 'built by the district, used by police'],
  ['4', '复接公安其他图像', 'other police pictures'],
  ['5', '社会单位复接', 'relayed from a unit'],
  ['6', '社会单位联网', 'connected from a unit'],
  ['7', '移动监控', 'mobile'],
  ['8', '指挥室、会议室、监控室内部', 'inside command rooms'],
  ['9', '实验用', 'for trial'],
)

/** SPFBL. Info.Resolution of a catalog has the first six under the same codes. */
export const resolutions = table(['1', 'QCIF', 'QCIF'], ['2', 'CIF', 'CIF'], ['3', '4CIF', '4CIF'], ['4', 'D1', 'D1'], ['5', '720P', '720p'], ['6', '1080P', '1080p'], ['7', '4K及以上', '4K and above'])

/** AZFS. */
export const mounts = table(['1', '立杆', 'own pole'], ['2', '借杆', 'borrowed pole'], ['3', '壁挂', 'wall'], ['4', '其他', 'other'])

/** Info.RoomType. */
export const rooms = table(['1', '室外', 'outdoor'], ['2', '室内', 'indoor'])

/** Info.PhotoelectricImagingType, several joined by "/". */
export const imagings = table(['1', '可见光', 'visible light'], ['2', '热成像', 'thermal'], ['3', '雷达', 'radar'], ['4', 'X光', 'X-ray'], ['5', '深度', 'depth'], ['9', '其他', 'other'])

/** Info.FunctionType, several joined by "/": what a camera captures. Another table than SXJGNLX. */
export const captureFunctions = table(
  ['01', '人脸采集', 'faces'],
  ['02', '人员采集', 'persons'],
  ['03', '机动车采集', 'motor vehicles'],
  ['04', '非机动车采集', 'non-motor vehicles'],
  ['05', '物品采集', 'articles'],
  ['99', '其他', 'other'],
)

/** Digit 14 of the code. GB/T 28181-2022 Annex E. */
export const networks = table(
  ['0', '公安视频传输网', 'public-security video network'],
  ['1', '公安视频传输网（扩展）', 'public-security video network, further'],
  ['2', '行业专网', 'network of an industry'],
  ['3', '政法网', 'political-legal network'],
  ['4', '公安移动信息网', 'police mobile network'],
  ['5', '公安信息网', 'police information network'],
  ['6', '电子政务外网', 'e-government external network'],
  ['7', '互联网', 'internet'],
  ['8', '专线', 'private line'],
  ['9', '预留', 'reserved'],
)

/** SFDWGX, SFJRSJPT. */
export const yesNo = table(['1', '是', 'yes'], ['2', '否', 'no'])

/** The first two digits of GB/T 2260: a division that starts otherwise does not exist. */
export const provinces: ReadonlySet<string> = new Set(
  '11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82'.split(' '),
)
