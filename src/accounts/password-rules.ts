// What a password must not be. Length counts most, and what everybody tries first is refused (NIST SP 800-63B-4 3.1.1.2, as far as it fits a place
// without a list of leaked passwords): no demand for signs and capitals, which makes `Admin@123` of `admin123`.
import { AppError } from '../base/index.ts'

export const minPasswordLength = 10
export const maxPasswordLength = 256

/** What is tried first, in letters and digits alone; ours. */
const common = ['password', 'passw0rd', 'admin', 'administrator', 'root', 'qwerty', 'qwertyuiop', 'asdfghjkl', 'zxcvbnm', 'letmein', 'welcome', 'changeme', 'iloveyou', 'woaini', 'wodemima', 'mima', 'hikvision', 'hik', 'dahua', 'camera', 'shipin', 'jiankong', 'gonganju', 'yiji', 'test', 'abc', 'aa', 'a']

/** Throws AppError 'request.invalid' that says what is wrong with it. */
export function checkPassword(password: string, name: string): void {
  const refuse = (why: string): never => {
    throw new AppError('request.invalid', `the password ${why}`)
  }
  const length = [...password].length
  if (length < minPasswordLength) refuse(`has ${length} characters: at least ${minPasswordLength}`)
  if (password.length > maxPasswordLength) refuse(`is longer than ${maxPasswordLength} characters`)
  const plain = password.normalize('NFKC').toLowerCase()
  if ([...name].length >= 3 && plain.includes(name.normalize('NFKC').toLowerCase())) refuse('contains the name of the account')
  if (new Set(plain).size < 4) refuse('is made of fewer than four different characters')
  if (isRun(plain)) refuse('is a row of neighbours such as 1234567890')
  // Without the digits and signs that are put around a word: Admin@2026! is admin.
  const word = plain.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '')
  if (common.includes(word) || common.includes(word.replace(/[^\p{L}\p{N}]/gu, ''))) refuse('is a common word with digits around it')
}

/** Each character is the one before, its neighbour, or again from the start: 1234567890, 9876543210, abcdefghij, 12341234123. */
function isRun(text: string): boolean {
  const codes = [...text].map((character) => character.codePointAt(0) ?? 0)
  const steps = codes.slice(1).map((code, at) => code - (codes[at] ?? 0))
  const breaks = steps.filter((step) => Math.abs(step) > 1).length
  return breaks <= Math.floor(codes.length / 4) && steps.some((step) => step !== 0)
}
