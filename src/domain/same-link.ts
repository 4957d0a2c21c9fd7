import type { Link, LinkState } from "./link.ts";

/** How much it would cost to lose one. */
const PROGRESS: Readonly<Record<LinkState, number>> = {
  removed: 0,
  failed: 1,
  asking: 1,
  queued: 2,
  unmatched: 2,
  unreachable: 2,
  sending: 3,
  uncertain: 3,
};

/**
 * Of two links that turn out to be the same, first the one that stays, then the one that goes: the one further on its way stays, so that
 * none is lost or downloaded twice; otherwise the one that came first.
 */
export function inOrderOfKeeping<One extends Pick<Link, "id" | "state">>(one: One, other: One): [One, One] {
  const further = PROGRESS[one.state] - PROGRESS[other.state];
  return further > 0 || (further === 0 && one.id < other.id) ? [one, other] : [other, one];
}
