import { styleText } from 'node:util'

export type Colour = 'red' | 'green' | 'yellow' | 'cyan' | 'dim'

/** In colour where this stream shows any: a terminal, and NO_COLOR not set. What is foreign in the text is escaped before. */
export const paint = (colour: Colour, text: string, stream: NodeJS.WriteStream): string =>
  hasColours(stream) ? styleText(colour, text, { validateStream: false }) : text

/** A stream that is no terminal has no such method. */
export const hasColours = (stream: NodeJS.WriteStream): boolean =>
  stream.isTTY === true && stream.hasColors?.() === true
