/** The one document of a YAML text, or what is wrong with it and in which line (1-based). */
export type YamlResult =
  | { readonly ok: true; readonly document: unknown }
  | { readonly ok: false; readonly line: number; readonly reason: string };

/** Parses YAML with `Bun.YAML`, which names no line: that is found as the first one that no longer parses. */
export function parseYaml(text: string): YamlResult {
  const whole = attempt(text);
  if (whole.ok) return whole;
  const lines = text.split("\n");
  let good = lines.length - 1;
  while (good > 0 && !attempt(lines.slice(0, good).join("\n")).ok) good--;
  return { ...whole, line: good + 1 };
}

function attempt(text: string): YamlResult {
  try {
    return { ok: true, document: Bun.YAML.parse(text) };
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^YAML Parse error: /, "") : String(error);
    return { ok: false, line: 1, reason };
  }
}

/** A key that a mapping has twice; `Bun.YAML` silently takes the last. */
export interface DuplicateKey {
  readonly name: string;
  readonly lines: readonly [number, number];
}

interface Block {
  readonly indent: number;
  /** Line of each key met so far. */
  readonly lines: Map<string, number>;
  latest: string;
}

/** Finds repeated keys of block mappings; those within `{ }` are not seen. */
export function duplicateKeys(text: string): DuplicateKey[] {
  const duplicates: DuplicateKey[] = [];
  const blocks: Block[] = [];
  let brackets = 0;
  for (const [index, line] of text.split("\n").entries()) {
    const bare = line.replace(/"(?:\\.|[^"\\])*"|'[^']*'/g, '""').replace(/(?:^|\s)#.*/, "");
    const match = brackets === 0 ? /^(\s*)((?:-\s+)*)([\w-]+)\s*:(?:\s|$)/.exec(bare) : null;
    brackets += (bare.match(/[[{]/g)?.length ?? 0) - (bare.match(/[\]}]/g)?.length ?? 0);
    const [, spaces = "", dashes = "", key] = match ?? [];
    if (key === undefined) continue;
    const indent = spaces.length + dashes.length;
    // A dash begins another mapping, even at the same depth.
    while ((blocks.at(-1)?.indent ?? -1) > indent - (dashes ? 1 : 0)) blocks.pop();
    if (blocks.at(-1)?.indent !== indent) blocks.push({ indent, lines: new Map(), latest: key });
    const block = blocks.at(-1);
    if (!block) continue;
    block.latest = key;
    const first = block.lines.get(key);
    if (first === undefined) block.lines.set(key, index + 1);
    else duplicates.push({ name: blocks.map(({ latest }) => latest).join("."), lines: [first, index + 1] });
  }
  return duplicates;
}
