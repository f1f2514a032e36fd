// Which cards are new on the wall, and for how long they stay marked.
import type { Board } from "./asked";

export const MARKED_FOR = 60_000; // ms

/**
 * When each card that arrived while somebody could watch did so, by its id; pure, so that it can be tried. `newest`: of
 * all that was ever shown, in ms: what is older was only pushed out of sight, and comes back. `testing`: how many are
 * tested, since nothing says since when each is.
 */
export interface Arrivals {
  known: ReadonlySet<string>;
  newest: number;
  testing: number;
  at: ReadonlyMap<string, number>;
}

export const NONE: Arrivals = { known: new Set(), newest: 0, testing: 0, at: new Map() };

/** `before` is NONE at the first board: what hung there already has not arrived. */
export function arrivals(
  before: Arrivals,
  { newIdeas, awaitingResponse, testing, wins, counts }: Board,
  now: number,
): Arrivals {
  const dated = [
    ...[...newIdeas, ...awaitingResponse].map(({ id, submittedAt }) => ({
      id,
      at: Date.parse(submittedAt ?? "") || 0,
    })),
    ...wins.map(({ id, sharedAt }) => ({ id, at: Date.parse(sharedAt) })),
  ];
  const arrived = [
    ...dated.filter(({ at }) => at >= before.newest).map(({ id }) => id),
    ...(counts.testing > before.testing ? testing.map(({ id }) => id) : []),
  ];
  const at = new Map([...before.at].filter(([, since]) => now - since < MARKED_FOR));
  if (before !== NONE) for (const id of arrived) if (!before.known.has(id)) at.set(id, now);
  return {
    known: new Set([...dated, ...testing].map(({ id }) => id)),
    newest: Math.max(before.newest, ...dated.map(({ at }) => at)),
    testing: counts.testing,
    at,
  };
}
