import { startEngine } from './engine.ts'
import { buildImages, makeBase, type Target, tagOf } from './images.ts'

/**
 * An engine with the image of one target, for a test in another language: `node test/container/serve.ts postgres`. Prints
 * the engine's address and the image's name as JSON; ends with its standard input.
 */
const target = (process.argv[2] ?? 'all') as Target
const { address, stop } = await startEngine()
try {
  makeBase(address)
  buildImages(address, [target])
} catch (error) {
  await stop()
  throw error
}
console.log(JSON.stringify({ address, image: tagOf(target) }))
process.stdin.resume().on('end', stop)
