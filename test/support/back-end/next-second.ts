/** Resolves when a second of the clock has ended: by such some programs tell one start of theirs from another. */
export async function nextSecond(): Promise<void> {
  const second = Math.floor(Date.now() / 1_000);
  while (Math.floor(Date.now() / 1_000) === second) await new Promise(setImmediate);
}
