// The usual measures of sharpness, on the same frames: higher is sharper, so that all are compared alike.

/** Variance of the response to the Laplacian [0 1 0; 1 -4 1; 0 1 0]. */
export function varianceOfLaplacian(luma: Uint8Array, width: number, height: number): number {
  let [n, sum, squares] = [0, 0, 0]
  for (let y = 1; y < height - 1; y++) {
    for (let i = y * width + 1, end = (y + 1) * width - 1; i < end; i++) {
      const response = luma[i - 1]! + luma[i + 1]! + luma[i - width]! + luma[i + width]! - 4 * luma[i]!
      n++
      sum += response
      squares += response * response
    }
  }
  return squares / n - (sum / n) ** 2
}

/** Mean squared gradient by Sobel's kernels. */
export function tenengrad(luma: Uint8Array, width: number, height: number): number {
  let [n, sum] = [0, 0]
  for (let y = 1; y < height - 1; y++) {
    for (let i = y * width + 1, end = (y + 1) * width - 1; i < end; i++) {
      const [nw, no, ne] = [luma[i - width - 1]!, luma[i - width]!, luma[i - width + 1]!]
      const [sw, so, se] = [luma[i + width - 1]!, luma[i + width]!, luma[i + width + 1]!]
      const gx = ne + 2 * luma[i + 1]! + se - nw - 2 * luma[i - 1]! - sw
      const gy = sw + 2 * so + se - nw - 2 * no - ne
      n++
      sum += gx * gx + gy * gy
    }
  }
  return sum / n
}
