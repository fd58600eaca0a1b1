// Which of our addresses a registrar is reached from: the system says when asked to connect.
import { createSocket } from 'node:dgram'
import { AppError } from '../../base/index.ts'

/** Rejects with AppError `recording.invalid` or `scenario.invalid` (as `code` says) where no way leads there. */
export async function ownHost(server: { readonly host: string; readonly port: number }, code: 'recording.invalid' | 'scenario.invalid'): Promise<string> {
  const probe = createSocket(server.host.includes(':') ? 'udp6' : 'udp4')
  try {
    await new Promise<void>((resolve, reject) => {
      probe.on('error', reject)
      probe.connect(server.port, server.host, () => resolve())
    })
    return probe.address().address
  } catch (error) {
    throw new AppError(code, `${server.host}:${server.port} cannot be reached: ${error instanceof Error ? error.message : String(error)}`)
  } finally {
    probe.close()
  }
}
