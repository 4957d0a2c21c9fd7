import type { RemoteKinds } from "./registry.ts";
import { isShutOut } from "./request.ts";

/** A program that was found where its kind usually is. */
export interface FoundProgram {
  /** By what `--backend` calls it. */
  readonly kind: string;
  readonly url: string;
}

const DEADLINE_MS = 2_000;

/**
 * Looks for programs of all kinds where they usually are. One that lets nobody in without a secret counts as well; it is shown
 * none. Two kinds may be found at one place, where only a secret would tell which it is.
 */
export async function searchPrograms(kinds: RemoteKinds): Promise<readonly FoundProgram[]> {
  const looks = Object.entries(kinds).map(async ([kind, { defaultUrl, create }]): Promise<FoundProgram[]> => {
    const url = new URL(defaultUrl);
    const remote = create({ url, user: undefined, secret: undefined, dir: undefined, settings: new Map() });
    try {
      await remote.health(AbortSignal.timeout(DEADLINE_MS));
    } catch (error) {
      if (!isShutOut(error)) return [];
    }
    return [{ kind, url: url.href }];
  });
  return (await Promise.all(looks)).flat();
}
