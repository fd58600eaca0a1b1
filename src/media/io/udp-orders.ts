// What the main loop and a thread that receives for it tell each other; datagrams go another way (`datagram-ring.ts`).

export interface ThreadStart {
  /** Of the ring. */
  readonly memory: SharedArrayBuffer
}

/** `id`: of a pair of sockets. */
export type UdpOrder =
  | { readonly type: 'open'; readonly id: number; readonly port: number; readonly host: string }
  | { readonly type: 'send'; readonly id: number; readonly isControl: boolean; readonly bytes: Uint8Array; readonly port: number; readonly host: string }
  | { readonly type: 'close-control'; readonly id: number }
  | { readonly type: 'close'; readonly id: number }

export type UdpNews =
  /** Read the ring. */
  | { readonly type: 'wake' }
  | { readonly type: 'opened'; readonly id: number; readonly port: number; readonly hasControl: boolean }
  | { readonly type: 'refused'; readonly id: number; readonly code: string; readonly message: string }
  | { readonly type: 'control-closed'; readonly id: number }
  | { readonly type: 'closed'; readonly id: number }
  | { readonly type: 'error'; readonly id: number; readonly message: string }
  | { readonly type: 'dropped'; readonly id: number; readonly datagrams: number }

/** In the ring one number stands for a socket: its pair's, and which of the two. */
export const socketNumber = (id: number, isControl: boolean): number => id * 2 + (isControl ? 1 : 0)
/** Pairs of one thread from its beginning to its end, which 31 bits hold. */
export const maxId = 2 ** 30 - 1
