// One recording of a RecordInfo answer. GB/T 28181-2022 A.2.1.10; 2016 A.2.1.
import type { Open } from './values.ts'

/** Times are milliseconds since 1970; what cannot be read as a time stays in `raw` under StartTime or EndTime. Q54. */
export interface FileItem extends Open {
  readonly deviceId: string
  readonly name?: string
  readonly filePath?: string
  readonly address?: string
  readonly startMs?: number
  readonly endMs?: number
  readonly secrecy?: 0 | 1
  readonly recordType?: 'time' | 'alarm' | 'manual'
  readonly recorderId?: string
  /** In bytes. */
  readonly fileSize?: number
  /** 2022: the device that holds it. Interop: Hik writes RecLocation. Q55. */
  readonly recordLocation?: string
  /** 2022: 0 = main stream. */
  readonly streamNumber?: number
}
