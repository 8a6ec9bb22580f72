/** Peak of what JavaScript holds (heap, external, array buffers), in bytes above the start, sampled every 20 ms. */
export function watchMemory(): { stop(): number } {
  global.gc?.()
  const now = (): number => {
    const { heapUsed, external, arrayBuffers } = process.memoryUsage()
    return heapUsed + external + arrayBuffers
  }
  const start = now()
  let peak = start
  const timer = setInterval(() => {
    peak = Math.max(peak, now())
  }, 20)
  return {
    stop: () => {
      clearInterval(timer)
      return peak - start
    },
  }
}
