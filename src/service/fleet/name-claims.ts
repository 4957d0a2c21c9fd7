import type { Downloader, Registration } from "../../domain/downloader.ts";
import { MOST_DOWNLOADERS, RegistrationRefused } from "../../domain/registration.ts";
import { createKnownNames } from "./known-names.ts";
import type { RefusedBecause } from "./registry-events.ts";

/** Who may register under which name (reliability.md §2.6). */
export interface NameClaims {
  /** What has this name so far; undefined for a new one. Throws `RegistrationRefused`, after `onRefused`. */
  claim(registration: Registration): Downloader | undefined;
  /** The same for one that has already registered; undefined for one that should have been refused, after `onRefused`. */
  reclaim(registration: Registration): Downloader | undefined;
  /** The latest of those that have registered and are not in the table, as far as there are too many, after `onRefused`. */
  surplus(table: ReadonlyMap<string, unknown>): readonly Downloader[];
  add(name: string): void;
  remove(name: string): void;
}

export function createNameClaims(deps: {
  known: ReadonlyMap<string, Downloader>;
  /** Each name belongs to a certificate, so another spelling belongs to somebody else. */
  bindsNames?: boolean;
  onRefused?(registration: Registration, because: RefusedBecause): void;
}): NameClaims {
  const { known } = deps;
  const names = createKnownNames();

  function refuse({ name, host, port, roots }: Registration, because: RefusedBecause): void {
    deps.onRefused?.({ name, host, port, roots }, because);
  }

  function find(name: string): { readonly previous?: Downloader; readonly like?: Downloader } {
    const found = names.find(name);
    const other = found && known.get(found.name);
    if (found === undefined || other === undefined) return {};
    const isSame = found.is === "same" || (found.is === "spelling" && !deps.bindsNames);
    return isSame ? { previous: other } : { like: other };
  }

  return {
    claim(registration) {
      const { previous, like } = find(registration.name);
      if (like !== undefined) {
        refuse(registration, { like: like.name });
        throw new RegistrationRefused(
          `The name "${registration.name}" looks like "${like.name}", which is registered; choose another name, or first remove that one`,
        );
      }
      if (previous === undefined && known.size >= MOST_DOWNLOADERS) {
        refuse(registration, { most: MOST_DOWNLOADERS });
        throw new RegistrationRefused(`There are ${MOST_DOWNLOADERS} downloaders already; remove one first`);
      }
      return previous;
    },
    reclaim(registration) {
      const { previous, like } = find(registration.name);
      if (like !== undefined) refuse(registration, { like: like.name });
      return previous;
    },
    surplus(table) {
      const newcomers = [...known.values()].filter(({ name }) => !table.has(name));
      const tooMany = Math.max(0, known.size - MOST_DOWNLOADERS);
      const surplus = newcomers.slice(Math.max(0, newcomers.length - tooMany));
      for (const one of surplus) refuse(one, { most: MOST_DOWNLOADERS });
      return surplus;
    },
    add: names.add,
    remove: names.remove,
  };
}
