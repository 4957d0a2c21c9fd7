import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, visit } from "yaml";
import { type Mistakes, words } from "../words/words.ts";
import { type Said, wordsFor, type YamlMistake, type YamlPosition } from "./yaml-mistake.ts";

export interface Yaml {
  /** null for a text that says nothing, undefined for one that cannot be read. Of a key that is there twice the last counts. */
  readonly document: unknown;
  readonly mistakes: readonly YamlMistake[];
}

/** YAML takes it for a letter, and the key that it stands before for another one. */
const FOREIGN_INDENT = /^[ \t]*[\u00a0\u2000-\u200a\u202f\u205f\u3000]/m;

/**
 * Reads the one document of a YAML 1.2 text (core schema, and merge keys). A key that one mapping has twice is a mistake,
 * however it is spelt: the bot would follow one of the two without a word.
 */
export function parseYaml(text: string, mistakes: Mistakes = words.en.mistakes): Yaml {
  const counter = new LineCounter();
  const yaml = parseDocument(text, {
    lineCounter: counter,
    schema: "core",
    merge: true,
    resolveKnownTags: false,
    // `mistakesIn` looks for them, and knows the whole name of the key.
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
  // An unknown tag is no more than a warning, but a password that begins with ! would be an empty one.
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

/** The innermost bracket or quotation that is open at an offset, where the library only knows that its end is missing. */
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

/** The document that the nodes of a well-formed text make, and what is wrong among them. */
function resolve(yaml: Document.Parsed, reader: Reader): Yaml {
  const mistakes = mistakesIn(yaml.contents, "", { ...reader, yaml, within: [] });
  if (mistakes.some(({ key }) => key === undefined)) return { document: undefined, mistakes };
  try {
    return { document: yaml.toJS(), mistakes };
  } catch {
    // The library throws for a merge of what is no mapping, and for aliases of aliases that would fill the memory.
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
  /** The nodes that this one is in. */
  readonly within: readonly Node[];
}

/** Keys that are there twice, keys that are no words, and aliases that lead nowhere, in the node of this name. */
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

/** A key as JavaScript will have it: two of the same word are one. */
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
