import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, visit } from "yaml";
import { type Mistakes, words } from "../words/words.ts";
import { type Said, wordsFor, type YamlMistake, type YamlPosition } from "./yaml-mistake.ts";

/** What a YAML text says, and what is wrong with it. */
export interface Yaml {
  /** null for an empty document, undefined for a text that cannot be read. If a key occurs twice, the last one counts. */
  readonly document: unknown;
  readonly mistakes: readonly YamlMistake[];
}

/** Blanks that YAML takes for letters, so that the key after them would become a different one. */
const FOREIGN_INDENT = /^[ \t]*[\u00a0\u2000-\u200a\u202f\u205f\u3000]/m;

/**
 * Reads the single document of a YAML 1.2 text (core schema, and merge keys). A key that occurs twice in one mapping is a mistake, however
 * it is spelt: one of the two would silently win.
 */
export function parseYaml(text: string, mistakes: Mistakes = words.en.mistakes): Yaml {
  const counter = new LineCounter();
  const yaml = parseDocument(text, {
    lineCounter: counter,
    schema: "core",
    merge: true,
    resolveKnownTags: false,
    // `mistakesIn` looks for repeated keys itself, because it knows their full names.
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: "error",
  });
  const placeOf = (offset: number): YamlPosition => {
    const { line, col } = counter.linePos(offset);
    return { line, column: col };
  };
  const foreign = FOREIGN_INDENT.exec(text);
  if (foreign !== null) {
    const at = placeOf(foreign.index + foreign[0].length - 1);
    return { document: undefined, mistakes: [{ ...at, ...mistakes.yaml.blank }] };
  }
  // For the library an unknown tag is only a warning, but a password that begins with ! would become empty.
  const [error] = [...yaml.errors, ...yaml.warnings.filter(({ code }) => code === "TAG_RESOLVE_FAILED")];
  if (error === undefined) return resolve(yaml, { placeOf, said: mistakes });
  const [offset] = error.pos;
  const mayBeUnclosed = error.code === "BAD_INDENT" || error.code === "MISSING_CHAR";
  const unclosed = mayBeUnclosed ? unclosedBefore(offset, { yaml, text, said: mistakes.yaml }) : undefined;
  const mistake =
    unclosed === undefined
      ? { ...placeOf(offset), ...wordsFor(error.code, mistakes) }
      : { ...placeOf(unclosed.start), ...unclosed.words };
  return { document: undefined, mistakes: [mistake] };
}

const CLOSING: Readonly<Record<string, string>> = { "[": "]", "{": "}", '"': '"', "'": "'" };

/** The innermost bracket or quotation that is open at an offset; the library only knows that something is not closed. */
function unclosedBefore(
  offset: number,
  { yaml, text, said }: { readonly yaml: Document.Parsed; readonly text: string; readonly said: Mistakes["yaml"] },
): { readonly start: number; readonly words: Said } | undefined {
  let innermost: { start: number; words: Said } | undefined;
  visit(yaml, {
    Node: (_, { range }) => {
      const [start, end] = range ?? [0, 0];
      const opening = text[start] ?? "";
      const closing = CLOSING[opening];
      if (closing === undefined || offset <= start || offset > end) return;
      if (end > start + 1 && text[end - 1] === closing) return;
      innermost = {
        start,
        words: said.unclosed(opening, closing),
      };
    },
  });
  return innermost;
}

type PlaceOf = (offset: number) => YamlPosition;

/** The document of a well-formed text, and the mistakes in it. */
function resolve(yaml: Document.Parsed, reader: Reader): Yaml {
  const mistakes = mistakesIn(yaml.contents, "", { ...reader, yaml, within: [] });
  if (mistakes.some(({ key }) => key === undefined)) return { document: undefined, mistakes };
  try {
    return { document: yaml.toJS(), mistakes };
  } catch {
    // The library throws for a merge of something other than a mapping, and for nested aliases that would exhaust the memory.
    return {
      document: undefined,
      mistakes: [...mistakes, { ...reader.placeOf(firstReference(yaml)), ...reader.said.yaml.unresolved }],
    };
  }
}

interface Reader {
  readonly placeOf: PlaceOf;
  readonly said: Mistakes;
}

interface Scope extends Reader {
  readonly yaml: Document.Parsed;
  /** The nodes that contain this one. */
  readonly within: readonly Node[];
}

/** Repeated keys, keys that are not scalars, and aliases without a target, in the node with this name. */
function mistakesIn(node: Node | null, name: string, { yaml, placeOf, said, within }: Scope): YamlMistake[] {
  if (isAlias(node)) {
    const meant = node.resolve(yaml);
    const leadsOn = meant !== undefined && !within.includes(meant);
    return leadsOn ? [] : [{ ...placeOf(startOf(node)), ...said.yaml.alias }];
  }
  const inside = { yaml, placeOf, said, within: node === null ? within : [...within, node] };
  if (isSeq<Node>(node)) return node.items.flatMap((item, index) => mistakesIn(item, `${name}[${index}]`, inside));
  if (!isMap<Node, Node | null>(node)) return [];
  const firstPlaces = new Map<string, YamlPosition>();
  return node.items.flatMap(({ key, value }) => {
    const place = placeOf(startOf(key));
    const word = wordOf(isAlias(key) ? key.resolve(yaml) : key);
    if (word === undefined) return [{ ...place, ...said.yaml.noKey }];
    const path = name === "" ? word : `${name}.${word}`;
    const first = firstPlaces.get(word);
    if (first === undefined) firstPlaces.set(word, place);
    return [...(first === undefined ? [] : [repeated(path, [first, place], said)]), ...mistakesIn(value, path, inside)];
  });
}

function repeated(key: string, places: readonly [YamlPosition, YamlPosition], said: Mistakes): YamlMistake {
  return { ...places[1], key, ...said.yaml.twice(key, places), expected: said.expected.keyOnce };
}

/** A key as a JavaScript property name: two that give the same name are one key. */
function wordOf(key: Node | undefined): string | undefined {
  if (!isScalar(key)) return undefined;
  // A merge key is a symbol.
  return typeof key.value === "symbol" ? "<<" : String(key.value ?? "");
}

function startOf(node: Node): number {
  return node.range?.[0] ?? 0;
}

function firstReference(yaml: Document.Parsed): number {
  let start = 0;
  visit(yaml, {
    Node: (_, node) => {
      if (!isAlias(node) && !(isScalar(node) && typeof node.value === "symbol")) return undefined;
      start = startOf(node);
      return visit.BREAK;
    },
  });
  return start;
}
