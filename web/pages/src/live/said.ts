// How moments, names and what went wrong are said.
import { CombinedError } from "@urql/core";
import type { Idea } from "../client/feed";
import type { Deed } from "../client/reduce";
import { live as say } from "../words/en/live";
import { language } from "../words/language";
import type { Unit } from "./asked";
import { ledUnit } from "./lists";

const TIME = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat(language, { weekday: "short", day: "numeric", month: "short" });

/** The time of today, else the day. */
export function when(text: string): string {
  const date = new Date(text);
  return date.toDateString() === new Date().toDateString() ? TIME.format(date) : DAY.format(date);
}

/** By when somebody should answer; null where nobody waits. */
export function due({ awaitingResponse, responseDueAt }: Idea): { text: string; over: boolean } | null {
  if (!awaitingResponse || responseDueAt === null) return null;
  const date = new Date(responseDueAt);
  const over = date.getTime() < Date.now();
  return { text: over ? say.overdue(DAY.format(date)) : say.due(DAY.format(date)), over };
}

/** Of the nearest unit that somebody leads: its name, and theirs; null where there is none. */
export function leads(idea: Idea, units: readonly Unit[]): [string | null, string] {
  const unit = ledUnit(idea.unit?.id ?? null, units);
  return [unit?.name ?? null, (unit?.leads ?? []).map((each) => each.name).join(", ")];
}

export function deed({ actor, at, from, to }: Deed): string {
  const name = actor?.name ?? say.somebody;
  if (from === undefined || to === undefined) return say.editedBy(name, when(at));
  return say.movedBy(name, say.statuses[from], say.statuses[to], when(at));
}

/** What the server said, or that it could not be reached. */
export function wrong(error: unknown, unreached: string): string {
  if (!(error instanceof CombinedError) || error.networkError !== undefined) return unreached;
  return error.graphQLErrors.map((each) => each.message).join(" ");
}

export function told(errors: readonly { message: string }[]): string {
  return errors.map((error) => error.message).join(" ");
}

/** What goes out even though the page is being left. */
export const LASTING = { fetchOptions: { keepalive: true } };
