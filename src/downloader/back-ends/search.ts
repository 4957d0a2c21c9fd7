import type { RemoteKinds } from "./registry.ts";
import { RemoteUnreachable } from "./remote.ts";
import { whySilent } from "./request.ts";

/** A program that was found at the usual address of its kind. */
export interface FoundProgram {
  /** Its name for `--backend`. */
  readonly kind: string;
  /** The name that people know. */
  readonly name: string;
  readonly url: string;
  /** It lets in anybody. */
  readonly isOpen: boolean;
}

const DEADLINE_MS = 2_000;

/**
 * Looks for programs of all kinds at their usual addresses. One that lets nobody in without a secret counts as well; it is shown none. Two
 * kinds may be found at one address, where only a secret would show which it is.
 */
export async function searchPrograms(kinds: RemoteKinds): Promise<readonly FoundProgram[]> {
  const looks = Object.entries(kinds).map(async ([kind, { defaultUrl, create }]): Promise<FoundProgram[]> => {
    const url = new URL(defaultUrl);
    const remote = create({ url, user: undefined, secret: undefined, dir: undefined, settings: new Map() });
    const found = { kind, name: remote.name, url: url.href };
    try {
      await remote.health(AbortSignal.timeout(DEADLINE_MS));
      return [{ ...found, isOpen: true }];
    } catch (error) {
      return error instanceof RemoteUnreachable && whySilent(error) === "shut" ? [{ ...found, isOpen: false }] : [];
    }
  });
  return (await Promise.all(looks)).flat();
}
