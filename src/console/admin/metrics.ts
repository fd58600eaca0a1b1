// Prometheus text, as /metrics has it, line by line: what a person reads without a program of their own.

export interface Metric {
  readonly name: string
  readonly labels: string
  readonly value: number
}

/** Lines that are none are left out. */
export function metricsOf(text: string): readonly Metric[] {
  return text.split('\n').flatMap((line) => {
    const match = /^([a-zA-Z_:][\w:]*)(?:\{([^}]*)\})? (-?[\d.]+(?:e[+-]?\d+)?)$/.exec(line.trim())
    return match ? [{ name: match[1] ?? '', labels: (match[2] ?? '').replaceAll('"', ''), value: Number(match[3]) }] : []
  })
}
