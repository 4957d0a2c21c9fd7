/** Forgets what came first, as far as there is more than `most`: what strangers can add to must not fill the memory. */
export function keepLatest(known: Map<unknown, unknown> | Set<unknown>, most: number): void {
  for (const first of known.keys()) {
    if (known.size <= most) return;
    known.delete(first);
  }
}
