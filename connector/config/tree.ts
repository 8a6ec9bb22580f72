import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  type Scalar,
  visit,
} from 'yaml'
import { isConnectionVariable } from './airflow-variable.ts'
import { expand } from './environment.ts'
import { placeAt, placesIn } from './places.ts'
import { isSecret, type Path, type Problems } from './problems.ts'
import { noteSyntax, tooDeep } from './syntax.ts'

/** Nodes that aliases may add to a file: enough to share a mapping between a few hundred activations, no bomb. */
const maxAliasedNodes = 10_000
const maxDepth = 64

export type Environment = Readonly<Record<string, string | undefined>>
export type Mapping = { readonly [key: string]: unknown }

/** Whether a value of the tree is a mapping: neither a list nor a scalar. */
export const isMapping = (value: unknown): value is Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * The plain values of a YAML 1.2 text (mappings have no prototype), with `${NAME}` expanded in its string scalars after
 * parsing, so that a variable can never become structure. What cannot be read is noted in `problems` and left
 * undefined; after a syntax error everything is.
 */
export function readTree(text: string, environment: Environment, problems: Problems): unknown {
  const lines = new LineCounter()
  const document = parseDocument(text, {
    version: '1.2',
    schema: 'core',
    merge: false,
    resolveKnownTags: false,
    stringKeys: true,
    // Duplicates are found below, where their path is known.
    uniqueKeys: false,
    // A pretty error quotes the line it is about, which may hold a secret.
    prettyErrors: false,
    logLevel: 'error',
    lineCounter: lines,
  })
  noteSyntax(document, text, lines, problems)
  if (problems.all.length > 0) return undefined
  const targets = aliasTargets(document)
  problems.placedBy(placesIn(document, targets, lines))
  return new Reader(document, environment, problems, { targets, lines }).read()
}

interface Text {
  readonly targets: ReadonlyMap<Alias, Node>
  readonly lines: LineCounter
}

/** Walks the nodes of one document, following aliases as far as the limits go. */
class Reader {
  readonly #document: Document
  readonly #environment: Environment
  readonly #problems: Problems
  readonly #targets: ReadonlyMap<Alias, Node>
  readonly #lines: LineCounter
  readonly #open = new Set<Node>()
  /** Variables that are credentials, and those that stand elsewhere. */
  readonly #credentials = new Set<string>()
  readonly #elsewhere: { readonly path: Path; readonly names: readonly string[] }[] = []
  #aliasDepth = 0
  #aliasedNodes = 0

  constructor(document: Document, environment: Environment, problems: Problems, text: Text) {
    this.#document = document
    this.#environment = environment
    this.#problems = problems
    this.#targets = text.targets
    this.#lines = text.lines
  }

  read(): unknown {
    const tree = this.#node(this.#document.contents as Node | null, [])
    for (const { path, names } of this.#elsewhere) {
      const shown = names
        .filter((name) => this.#credentials.has(name) || isConnectionVariable(name))
        .map((name) => `\${${name}}`)
      if (shown.length > 0) this.#refuse(path, 'would show a credential', 'take the variable out', shown.join(' and '))
    }
    return tree
  }

  #node(node: Node | null, path: Path): unknown {
    if (path.length > maxDepth) return this.#refuse(path, tooDeep, `nest at most ${maxDepth} levels`)
    if (this.#aliasDepth > 0 && ++this.#aliasedNodes > maxAliasedNodes) return undefined
    if (isAlias(node)) return this.#alias(node, path)
    if (isScalar(node)) return this.#scalar(node, path)
    if (node === null) return null
    this.#open.add(node)
    const value = isMap<Scalar, Node | null>(node)
      ? this.#mapping(node.items, path)
      : isSeq<Node | null>(node)
        ? node.items.map((item, i) => this.#node(item, [...path, i]))
        : undefined
    this.#open.delete(node)
    return value
  }

  #alias(alias: Alias, path: Path): unknown {
    const target = this.#targets.get(alias)
    if (target === undefined)
      return this.#refuse(path, 'is an alias of nothing', 'name an anchor (&…) that stands before it')
    if (this.#open.has(target)) return this.#refuse(path, 'is an alias of what it stands in', 'write the values out')
    this.#aliasDepth++
    const value = this.#node(target, path)
    this.#aliasDepth--
    if (this.#aliasedNodes <= maxAliasedNodes) return value
    // Said once, of the outermost alias: what lies below is cut off.
    if (this.#aliasDepth > 0) return undefined
    return this.#refuse(path, `aliases repeat more than ${maxAliasedNodes} values`, 'write the values out')
  }

  #mapping(pairs: readonly Pair<Scalar, Node | null>[], path: Path): Mapping {
    const mapping: Record<string, unknown> = Object.create(null)
    for (const { key, value } of pairs) {
      const name = String(key.value)
      const at = [...path, name]
      if (name === '__proto__' || !name.isWellFormed()) this.#refuse(at, 'is not a key', 'take it out')
      else if (Object.hasOwn(mapping, name)) this.#problems.again(at, placeAt(this.#lines, key.range?.[0] ?? 0))
      else mapping[name] = this.#node(value, at)
    }
    return mapping
  }

  #scalar(scalar: Scalar, path: Path): unknown {
    const { value, source } = scalar
    if (isSecret(path) && value !== null && (typeof value !== 'string' || !value.includes('${')))
      return this.#literal(path)
    if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)) {
      const digits = `a number of ${source?.replace(/\D/g, '').length ?? 'many'} digits`
      return this.#refuse(path, 'would lose digits as a number', 'put it in quotes', digits)
    }
    return typeof value === 'string' ? this.#text(value, path) : value
  }

  #text(value: string, path: Path): unknown {
    // `"\\ud83d"`: it has no UTF-8, so no address and no warehouse can take it.
    if (!value.isWellFormed())
      return this.#refuse(path, 'holds half of a character', 'write the whole character', 'text that is not shown')
    const { text, names, missing, malformed, whole } = expand(value, this.#environment)
    if (malformed)
      return this.#refuse(
        path,
        `holds a \${ that begins no \${NAME}`,
        'write $${ for a literal ${',
        'text that is not shown',
      )
    if (isSecret(path) && !whole) return this.#literal(path)
    if (missing.length > 0) {
      const variables = missing.map((name) => `\${${name}}`).join(' and ')
      return this.#refuse(
        path,
        `needs ${missing.join(' and ')}`,
        'set it in the environment',
        `${variables}, not set or empty`,
      )
    }
    if (isSecret(path)) for (const name of names) this.#credentials.add(name)
    else if (names.length > 0) this.#elsewhere.push({ path, names })
    if (names.length > 0) this.#problems.cameFromEnvironment(path, names)
    return text
  }

  #literal(path: Path): undefined {
    const wayOut = `write "\${NAME}" and set NAME in the environment`
    return this.#refuse(path, 'is a secret and must not stand in the file', wayOut, 'a literal value that is not shown')
  }

  #refuse(path: Path, wrong: string, wayOut: string, got = 'nothing that can be read'): undefined {
    this.#problems.unreadable(path, wrong, got, wayOut)
  }
}

/** The node each alias stands for: the last one before it that bears the anchor and is complete or around it. */
function aliasTargets(document: Document): ReadonlyMap<Alias, Node> {
  const anchors = new Map<string, Node>()
  const targets = new Map<Alias, Node>()
  visit(document, {
    Alias: (_, alias) => {
      const target = anchors.get(alias.source)
      if (target !== undefined) targets.set(alias, target)
    },
    Value: (_, node) => {
      if (node.anchor !== undefined) anchors.set(node.anchor, node)
    },
  })
  return targets
}
