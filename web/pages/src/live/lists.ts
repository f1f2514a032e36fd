// Which ideas stand in which list, and when a list may move: pure, so that it can be tried.
import type { Idea } from "../client/feed";
import type { Kept } from "../client/reduce";
import type { Asker, Unit } from "./asked";

export interface Filter {
  theme: string | null;
  unit: string | null;
}

/** Of each list: the moment of the last idea that was asked for, beyond which there are more; null: all are here. */
export interface Reach {
  waiting: string | null;
  latest: string | null;
}

export interface Lists {
  waiting: readonly string[];
  latest: readonly string[];
}

export const MARKED_FOR = 60_000; // ms

/** A moment as text that sorts: the API writes no trailing zeros. */
export function moment(text: string | null): string {
  const [second = "", fraction = ""] = (text ?? "").replace(/(Z|[+-]\d\d:\d\d)$/, "").split(".");
  return `${second}.${fraction.padEnd(6, "0")}`;
}

/** A unit and all below it. */
export function within(unit: string, units: readonly Unit[]): ReadonlySet<string> {
  const found = new Set([unit]);
  for (let before = 0; before < found.size; ) {
    before = found.size;
    for (const each of units) if (each.parent !== null && found.has(each.parent.id)) found.add(each.id);
  }
  return found;
}

/** Of the units that somebody leads their own, or else the first; none where they answer for all. */
export function homeOf({ id, roles, unit }: Asker, units: readonly Unit[]): string | null {
  if (roles.includes("ADMIN") || roles.includes("COACH")) return null;
  const led = units.filter((each) => each.leads.some((lead) => lead.id === id)).map((each) => each.id);
  return led.find((each) => each === unit?.id) ?? led[0] ?? null;
}

/** The nearest unit, from this one upward, that somebody leads. */
export function ledUnit(id: string | null, units: readonly Unit[]): Unit | null {
  const unit = units.find((each) => each.id === id);
  if (unit === undefined || unit.leads.length > 0) return unit ?? null;
  return ledUnit(unit.parent?.id ?? null, units);
}

/** Whether an idea is one of those that were asked for. */
export function fitting({ theme, unit }: Filter, units: readonly Unit[]): (idea: Idea) => boolean {
  const inside = unit === null ? null : within(unit, units);
  return (idea) =>
    (theme === null || idea.theme?.id === theme) &&
    (inside === null || (idea.unit !== null && inside.has(idea.unit.id)));
}

/** The lists as they ought to be now. */
export function wanted(kept: Kept, filter: Filter, units: readonly Unit[], reach: Reach): Lists {
  const here = [...kept.ideas.values()]
    .filter(fitting(filter, units))
    .map((idea) => ({ idea, at: moment(idea.submittedAt) }))
    .sort((one, other) => (one.at < other.at ? -1 : 1));
  const first = reach.latest === null ? "" : moment(reach.latest);
  const last = reach.waiting === null ? "~" : moment(reach.waiting);
  return {
    waiting: here.filter(({ idea, at }) => idea.awaitingResponse && at <= last).map(({ idea }) => idea.id),
    latest: here
      .filter(({ at }) => at >= first)
      .map(({ idea }) => idea.id)
      .reverse(),
  };
}

function grown(before: readonly string[], now: readonly string[]): readonly string[] {
  const last = Math.max(...before.map((id) => now.indexOf(id)));
  return [...before, ...now.slice(last + 1).filter((id) => !before.includes(id))];
}

/** The lists as they are shown. Under somebody who reads they stay, but for what they asked for (`more`) at their end. */
export function settle(before: Lists | null, now: Lists, reading: boolean, more: boolean): Lists {
  if (before === null || !reading) return now;
  if (!more) return before;
  return { waiting: grown(before.waiting, now.waiting), latest: grown(before.latest, now.latest) };
}

/** How many ideas wait to be shown. */
export function held(shown: Lists, now: Lists): number {
  const here = new Set([...shown.waiting, ...shown.latest]);
  return new Set([...now.waiting, ...now.latest].filter((id) => !here.has(id))).size;
}

/** Since when each idea that arrived is shown, so that it is marked for as long after that. */
export function marks(
  before: ReadonlyMap<string, number>,
  shown: Lists,
  arrived: ReadonlySet<string>,
  now: number,
): ReadonlyMap<string, number> {
  const ids = [...shown.waiting, ...shown.latest].filter((id) => arrived.has(id));
  return new Map(ids.map((id) => [id, before.get(id) ?? now]));
}
