// Nothing on a wall is cut: as large as it can be, and of each list whole entries only.
import type { RefObject } from "preact";
import { useLayoutEffect, useState } from "preact/hooks";

/** By how much all of it grows, and by how many lines its texts may, where there is little. */
const ROOMS = [
  { room: 1.5, lines: 1 },
  { room: 1.35, lines: 1 },
  { room: 1.2, lines: 1 },
  { room: 1.1, lines: 1 },
  { room: 1, lines: 1 },
  { room: 1, lines: 0 },
];

/** How many entries of each list there is room for, by the list's name. */
export type Fitting = Readonly<Record<string, number>>;

/**
 * Measured after each drawing and when the screen changes. What has no room is hidden but keeps its place
 * (`.beyond`), so that nothing moves by what was measured, and nothing is measured twice.
 */
export function useFitting(wall: RefObject<HTMLElement | null>): Fitting {
  const [fitting, setFitting] = useState<Fitting>({});
  const measure = () => {
    if (wall.current === null) return;
    const found = fit(wall.current);
    setFitting((before) => (same(before, found) ? before : found));
  };
  useLayoutEffect(measure);
  useLayoutEffect(() => {
    if (wall.current === null) return;
    const observer = new ResizeObserver(measure);
    observer.observe(wall.current);
    return () => observer.disconnect();
  }, []);
  return fitting;
}

/** Lists say by `data-list` who they are, and by `data-least` how many entries must have room before all of it grows. */
function fit(wall: HTMLElement): Fitting {
  const lists = [...wall.querySelectorAll<HTMLElement>("[data-list]")];
  const { style } = document.documentElement;
  for (const { room, lines } of ROOMS) {
    style.setProperty("--room", String(room));
    style.setProperty("--lines", String(lines));
    if (lists.every((list) => whole(list) >= Number(list.dataset["least"]))) break;
  }
  return Object.fromEntries(lists.map((list) => [list.dataset["list"], whole(list)]));
}

/** How many entries are in the list's box from top to bottom. */
function whole(list: HTMLElement): number {
  const end = list.getBoundingClientRect().bottom + 0.5;
  const entries = [...list.children];
  const beyond = entries.findIndex((entry) => entry.getBoundingClientRect().bottom > end);
  return beyond === -1 ? entries.length : beyond;
}

function same(one: Fitting, other: Fitting): boolean {
  const names = Object.keys(other);
  return names.length === Object.keys(one).length && names.every((name) => one[name] === other[name]);
}
