// A bitmap font of our own for the clock and the label that cameras write into their pictures: digits, a few signs, capital letters.
// Drawn here because a clean machine has no fonts. Each glyph is 5 x 7 dots, a row a number of five bits.

const glyphs: Readonly<Record<string, readonly number[]>> = {
  '0': [14, 17, 19, 21, 25, 17, 14], '1': [4, 12, 4, 4, 4, 4, 14], '2': [14, 17, 1, 2, 4, 8, 31], '3': [31, 2, 4, 2, 1, 17, 14],
  '4': [2, 6, 10, 18, 31, 2, 2], '5': [31, 16, 30, 1, 1, 17, 14], '6': [6, 8, 16, 30, 17, 17, 14], '7': [31, 1, 2, 4, 8, 8, 8],
  '8': [14, 17, 17, 14, 17, 17, 14], '9': [14, 17, 17, 15, 1, 2, 12], ':': [0, 4, 4, 0, 4, 4, 0], '-': [0, 0, 0, 31, 0, 0, 0],
  ' ': [0, 0, 0, 0, 0, 0, 0], C: [14, 17, 16, 16, 16, 17, 14], A: [14, 17, 17, 31, 17, 17, 17], M: [17, 27, 21, 21, 17, 17, 17],
  N: [17, 25, 21, 19, 17, 17, 17], O: [14, 17, 17, 17, 17, 17, 14], S: [15, 16, 16, 14, 1, 1, 30], I: [14, 4, 4, 4, 4, 4, 14], G: [14, 17, 16, 23, 17, 17, 15], L: [16, 16, 16, 16, 16, 16, 31],
}

/** Writes white text with a black border into a luma plane, each dot `scale` pixels wide; outside the plane nothing is written. */
export function writeText(luma: Uint8Array, width: number, text: string, left: number, top: number, scale: number): void {
  const dot = (column: number, row: number, grow: number, value: number): void => {
    for (let y = top + row * scale - grow; y < top + (row + 1) * scale + grow; y++) {
      for (let x = left + column * scale - grow; x < left + (column + 1) * scale + grow; x++) {
        const at = y * width + x
        if (x >= 0 && x < width && at >= 0 && at < luma.length) luma[at] = value
      }
    }
  }
  for (const [grow, value] of [[1, 16], [0, 235]] as const) {
    for (const [index, character] of [...text].entries()) {
      const rows = glyphs[character] ?? glyphs[' '] ?? []
      for (const [row, bits] of rows.entries()) {
        for (let column = 0; column < 5; column++) if (bits & (16 >> column)) dot(index * 6 + column, row, grow, value)
      }
    }
  }
}
