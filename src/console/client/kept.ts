// Small things that this browser remembers: filters, columns, language, colours. Where it forbids storage, they last as long as the page.

const here = new Map<string, string>()

export function recall(key: string): string | undefined {
  try {
    return localStorage.getItem(key) ?? here.get(key)
  } catch {
    return here.get(key)
  }
}

export function remember(key: string, value: string): void {
  here.set(key, value)
  try {
    localStorage.setItem(key, value)
  } catch {
    return
  }
}

export function forget(key: string): void {
  here.delete(key)
  try {
    localStorage.removeItem(key)
  } catch {
    return
  }
}

/** What was kept under the key, read by `read`; what does not fit, an older version's perhaps, is as if it were not there. */
export function recallJson<T>(key: string, read: (value: unknown) => T | undefined): T | undefined {
  const text = recall(key)
  if (text === undefined) return undefined
  try {
    return read(JSON.parse(text))
  } catch {
    return undefined
  }
}
