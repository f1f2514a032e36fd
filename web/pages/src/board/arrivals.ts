// Which cards are new on the wall, and for how long they stay marked.
import type { Board } from "./asked";

export const MARKED_FOR = 60_000; // ms

/** When each card that arrived while somebody could watch did so, by its id; pure, so that it can be tried. */
export interface Arrivals {
  known: ReadonlySet<string>;
  at: ReadonlyMap<string, number>;
}

export const NONE: Arrivals = { known: new Set(), at: new Map() };

function cards({ newIdeas, awaitingResponse, testing, wins }: Board): string[] {
  return [...newIdeas, ...awaitingResponse, ...testing, ...wins].map((card) => card.id);
}

/** `before` is NONE at the first board: what hung there already has not arrived. */
export function arrivals(before: Arrivals, board: Board, now: number): Arrivals {
  const here = cards(board);
  const at = new Map([...before.at].filter(([, since]) => now - since < MARKED_FOR));
  if (before !== NONE) for (const id of here) if (!before.known.has(id)) at.set(id, now);
  return { known: new Set(here), at };
}
