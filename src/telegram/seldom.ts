const REMEMBERED = 1_000;

/** True at most once per `everyMs` for each id, so that nobody can make the bot chatter. Remembers the latest thousand. */
export function createSeldom(everyMs: number, now: () => number): (id: number) => boolean {
  const lastAt = new Map<number, number>();
  return (id) => {
    if (now() - (lastAt.get(id) ?? Number.NEGATIVE_INFINITY) < everyMs) return false;
    lastAt.delete(id);
    lastAt.set(id, now());
    for (const oldest of lastAt.keys()) {
      if (lastAt.size <= REMEMBERED) break;
      lastAt.delete(oldest);
    }
    return true;
  };
}
