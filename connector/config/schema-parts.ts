import * as z from 'zod'

/** Text of one form; problems say `wrong`, and `wayOut` on how to put it right. */
export const shaped = (form: RegExp, wrong: string, wayOut: string) =>
  z.string().regex(form, { error: `${wrong}\n${wayOut}` })

/** The form of the names that users give: destinations, segments, activations, the state schema. */
export const nameForm = /^[a-z][a-z0-9_]*$/
export const nameRule = 'must be lower-case letters, digits and _, beginning with a letter'
export const name = shaped(nameForm, nameRule, 'rename it')
/** The name of an activation: `<segment>.<destination>` or its own. */
export const activationName = shaped(
  /^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?$/,
  'is no name of an activation',
  'write it as `tidemark status` does: <segment>.<destination>, or the name: that it had',
)
export const filled = shaped(/\S/, 'must not be empty', 'write it or take the key out')
