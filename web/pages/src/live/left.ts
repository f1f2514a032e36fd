// Decisions that are on their way, kept in this tab until it is known what became of them, though the page is left.
import type { Held } from "./held";

const name = (viewer: string) => `groundswell.live.left.${viewer}`;

function read(viewer: string): Held[] {
  return JSON.parse(sessionStorage.getItem(name(viewer)) ?? "[]") as Held[];
}

function write(viewer: string, all: readonly Held[]): void {
  if (all.length === 0) sessionStorage.removeItem(name(viewer));
  else sessionStorage.setItem(name(viewer), JSON.stringify(all));
}

export function remember(viewer: string, held: Held): void {
  write(viewer, [...read(viewer).filter((each) => each.idea !== held.idea), held]);
}

export function forgetLeft(viewer: string, idea: string): void {
  write(
    viewer,
    read(viewer).filter((each) => each.idea !== idea),
  );
}

export { read as whatWasLeft };
