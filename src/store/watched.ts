import { StoreUnavailable } from "../domain/storage.ts";

/**
 * The same object, its tables included; `onUnavailable` is told SQLite's code of each failure, once however many
 * transactions and guards it passes through.
 */
export function watched<T extends object>(store: T, onUnavailable: (code: string) => void): T {
  const told = new WeakSet<Error>();

  function note(error: unknown): void {
    if (!(error instanceof StoreUnavailable)) return;
    for (let at: unknown = error; at instanceof Error; at = at.cause) if (told.has(at)) return;
    told.add(error);
    onUnavailable(error.code);
  }

  function watch(value: unknown, owner: object): unknown {
    if (typeof value === "object" && value !== null) return new Proxy(value, handler);
    if (typeof value !== "function") return value;
    return (...args: unknown[]): unknown => {
      try {
        return Reflect.apply(value, owner, args);
      } catch (error) {
        note(error);
        throw error;
      }
    };
  }

  const handler: ProxyHandler<object> = { get: (target, name) => watch(Reflect.get(target, name), target) };
  return new Proxy(store, handler as ProxyHandler<T>);
}
