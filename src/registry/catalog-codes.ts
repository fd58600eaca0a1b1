// Codes of a catalog's Info against the record's own: GB/T 28181-2022 A.2.1.9 and the 27-column tables agree in part only.
// What a map lacks has no counterpart in the record and stays in the raw item.

const same = (...codes: readonly string[]): Readonly<Record<string, string>> => Object.fromEntries(codes.map((code) => [code, code]))

/** Info.PointType knows no 4 (police internal); some platforms send 4 for "other". */
export const pointClassOf: Readonly<Record<string, string>> = { ...same('1', '2', '3', '9'), '4': '9' }
/** Info.PTZType: 5 is a remote half dome (the record's 5 is a checkpoint camera); 6 and 7 are channels of stitched or split pictures. */
export const cameraTypeOf: Readonly<Record<string, string>> = { ...same('1', '2', '3', '4'), '5': '2', '6': '99', '7': '99' }
/** Info.SupplyLightType: 4 is laser, which the record does not have. */
export const supplyLightOf: Readonly<Record<string, string>> = { ...same('1', '2', '3', '9'), '4': '9' }
/** Info.EncodeType: 5 is H.265, the record's 4; 4 is 3GP, which the record does not have. */
export const encodingOf: Readonly<Record<string, string>> = { ...same('1', '2', '3'), '5': '4' }
/** Info.DirectionType has the record's eight; the record's 9 (all around) has no code there. */
export const directionOf = same('1', '2', '3', '4', '5', '6', '7', '8')
/** Info.PositionType of the 2016 edition: its ten codes are the record's; Annex O of 2022 is another table. */
export const positionTypeOf = same('1', '2', '3', '4', '5', '6', '7', '8', '9', '10')
export const roomTypeOf = same('1', '2')
/** Info.PhotoelectricImagingType, several joined by "/". */
export const imagingTypeOf = same('1', '2', '3', '4', '5', '9')
/** Info.FunctionType, several joined by "/"; leading zeros are dropped on both sides. */
export const captureFunctionOf: Readonly<Record<string, string>> = { '1': '01', '2': '02', '3': '03', '4': '04', '5': '05', '99': '99' }

/** Catalogs name the maker in words, the record has a code. */
export const makers: readonly (readonly [RegExp, string])[] = [
  [/hik|海康/i, '1'],
  [/dahua|大华/i, '2'],
  [/tiandy|天地伟业/i, '3'],
  [/kedacom|科达/i, '4'],
  [/axis|安讯士/i, '5'],
  [/bosch|博世/i, '6'],
  [/yaan|亚安/i, '7'],
  [/infinova|英飞拓/i, '8'],
  [/uniview|unv|宇视/i, '9'],
  [/hisense|海信/i, '10'],
  [/vimicro|中星/i, '11'],
  [/lenovo|联想/i, '13'],
  [/\bzte\b|中兴/i, '14'],
  [/huawei|华为/i, '15'],
]

/** Info.Resolution: codes of SDP f= (1 QCIF … 6 1080P), or width x height; the record's table goes on with 7 for 4K and above. */
export function resolutionOf(text: string): string | undefined {
  // Several joined by "/": the greatest is what the camera can do.
  const codes = text.split('/').flatMap((part) => {
    const size = /^(\d{2,5})\s*[x*×]\s*(\d{2,5})$/i.exec(part.trim())
    if (!size) return /^[1-6]$/.test(part.trim()) ? [Number(part)] : []
    const height = Math.min(Number(size[1]), Number(size[2]))
    return [height >= 2000 ? 7 : height >= 1000 ? 6 : height >= 700 ? 5 : height >= 480 ? 4 : height >= 240 ? 2 : 1]
  })
  return codes.length === 0 ? undefined : String(Math.max(...codes))
}
