import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { dirname } from "node:path";

/**
 * A list as MeTube keeps it: a file that is rewritten and synced whenever an entry is added or removed, and only then. Without a path it is
 * only in memory.
 */
export class KeptMap<V> extends Map<string, V> {
  readonly #path: string | undefined;

  constructor(path: string | undefined) {
    super();
    this.#path = path;
    if (path === undefined || !existsSync(path)) return;
    for (const [key, value] of JSON.parse(readFileSync(path, "utf8"))) super.set(key, value);
  }

  override set(key: string, value: V): this {
    super.set(key, value);
    this.#save();
    return this;
  }

  override delete(key: string): boolean {
    const was = super.delete(key);
    if (was) this.#save();
    return was;
  }

  #save(): void {
    if (this.#path === undefined) return;
    mkdirSync(dirname(this.#path), { recursive: true });
    const file = openSync(`${this.#path}.tmp`, "w");
    writeSync(file, JSON.stringify([...this]));
    fsyncSync(file);
    closeSync(file);
    renameSync(`${this.#path}.tmp`, this.#path);
  }
}
