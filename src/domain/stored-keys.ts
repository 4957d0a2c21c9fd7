/** A link or a delivery with the key that it was stored with. */
export interface KeyedRow {
  readonly id: number;
  readonly url: string;
  readonly key: string;
}

/** A page of a table, in the order of its ids. */
export interface PageAfter {
  readonly after: number;
  readonly limit: number;
}

/** The keys in all tables, to be brought up to date with new rules. Each function may throw `StoreUnavailable`. */
export interface StoredKeys {
  /** The version of the rules by which they were made; 0 if nothing says so. */
  rules(): number;
  setRules(version: number): void;
  links(of: PageAfter): KeyedRow[];
  /** The chat must have no other link with this key. */
  setLinkKey(id: number, key: string): void;
  deliveries(of: PageAfter): KeyedRow[];
  setDeliveryKey(id: number, key: string): void;
  /** Submissions that were superseded, by a number that grows with each row. */
  superseded(of: PageAfter): { readonly id: number; readonly key: string }[];
  /** If the same downloader already has the new key, the later instant stays. */
  setSupersededKey(id: number, key: string): void;
  /** Messages that were processed, by a number that grows with each row. */
  messages(of: PageAfter): { readonly id: number; readonly keys: readonly string[] }[];
  setMessageKeys(id: number, keys: readonly string[]): void;
}
