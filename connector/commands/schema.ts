import { jsonSchema } from '../config/load.ts'
import { printLine } from './output.ts'

/** `tidemark schema`: the JSON Schema of tidemark.yml, for editors. */
export const schema = async (): Promise<number> => {
  printLine(JSON.stringify(jsonSchema(), null, 2))
  return 0
}
