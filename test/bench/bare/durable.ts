import { Database } from "bun:sqlite";
import { drizzleSteps, type Known, plainSteps } from "./steps.ts";

/**
 * `none`: nothing is kept. `single`: each step of a link is a separate transaction. `shared`: everything that is to be written within one
 * turn of the event loop shares a transaction, and waits for it. `shared, drizzle`: the same with the library that the bot uses for its
 * statements.
 */
export type Durability = "none" | "single" | "shared" | "shared, drizzle";

/** The bot's durable work for a link; each function resolves when the work is on the disk. */
export interface Durable {
  claim(link: Known): Promise<void>;
  deliver(link: Known): Promise<void>;
  deleted(link: Known): Promise<void>;
  close(): void;
  /** Transactions so far. */
  readonly commits: number;
}

/** On a database of the bot that has the links. */
export function createDurable(durability: Durability, path: string): Durable {
  if (durability === "none") {
    const nothing = async () => {};
    return { claim: nothing, deliver: nothing, deleted: nothing, close() {}, commits: 0 };
  }
  const database = new Database(path, { readwrite: true, strict: true });
  database.run("PRAGMA journal_mode = WAL");
  database.run("PRAGMA synchronous = FULL");
  database.run("PRAGMA foreign_keys = ON");
  const steps = durability === "shared, drizzle" ? drizzleSteps(database) : plainSteps(database);
  let commits = 0;
  const commit = (work: () => void): void => {
    commits += 1;
    database.transaction(work).immediate();
  };
  const transaction = durability === "single" ? async (work: () => void) => commit(work) : createTogether(commit);

  return {
    claim: (link) => transaction(() => steps.claim(link)),
    deliver: (link) => transaction(() => steps.deliver(link)),
    deleted: (link) => transaction(() => steps.deleted(link)),
    close: () => database.close(),
    get commits() {
      return commits;
    },
  };
}

/** Commits together what comes within one turn of the event loop. */
export function createTogether(commit: (work: () => void) => void): (work: () => void) => Promise<void> {
  let together: { readonly works: (() => void)[]; readonly written: Promise<void> } | undefined;

  function begin(): { readonly works: (() => void)[]; readonly written: Promise<void> } {
    const works: (() => void)[] = [];
    const { promise: written, resolve, reject } = Promise.withResolvers<void>();
    setImmediate(() => {
      together = undefined;
      try {
        commit(() => {
          for (const work of works) work();
        });
        resolve();
      } catch (error) {
        reject(error);
      }
    });
    return { works, written };
  }

  return (work) => {
    together ??= begin();
    together.works.push(work);
    return together.written;
  };
}
