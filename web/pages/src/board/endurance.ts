// What lets a wall stay on for a year: it moves a little, so that nothing burns in, and loads itself anew when it hangs.
const DRIFT_EVERY = 4 * 60_000; // ms
const LOOK_EVERY = 60_000;
const LOST_FOR = 15 * 60_000; // without a connection, though the server answers
const COMPARE_EVERY = 3 * 60_000;
const BEHIND_FOR = 5 * 60_000; // showing the same, though there is something else to show
const AT_LEAST = 60 * 60_000; // between two loads, so that a broken server is not loaded from all the time
const PLACES = [
  [0, 0],
  [1, 0],
  [1, 1],
  [0, 1],
]; // of half a line's height: less than anybody notices
const LOADED = "groundswell.loaded";
const PATIENCE = 10_000; // ms, with an answer to whether the server is there
const APART = 10_000; // ms, at most, so that the walls of a hospital do not load at one moment

/** Moves the page by a few pixels now and then. Ends with the returned function. */
export function drift(): () => void {
  let at = 0;
  const timer = setInterval(() => {
    at = (at + 1) % PLACES.length;
    const [x, y] = PLACES[at] as [number, number];
    document.body.style.translate = `${x * 4}px ${y * 4}px`;
  }, DRIFT_EVERY);
  return () => clearInterval(timer);
}

export interface Watched {
  live: () => boolean;
  /** What is on the page; null: nothing that was to be there. */
  shown: () => string | null;
  /** What there is to show, asked for by another way than the one by which it comes. */
  ask: () => Promise<string | null>;
}

/**
 * Loads the page anew where it has not been live for long though the server answers, and where it shows what is no more:
 * whatever hangs, hangs here.
 */
export function watch({ live, shown, ask }: Watched): void {
  // Not by the clock, which a television may set right at any time.
  let since = performance.now();
  let compared = performance.now();
  let behind: { shown: string | null; since: number } | null = null;

  async function compare(): Promise<void> {
    compared = performance.now();
    const before = shown();
    const now = await ask();
    // What came meanwhile is compared next time. A page that changes does not hang.
    if (now === null || shown() !== before || now === before) behind = null;
    else if (behind?.shown !== before) behind = { shown: before, since: performance.now() };
  }

  setInterval(async () => {
    if (live()) since = performance.now();
    if (performance.now() - compared >= COMPARE_EVERY) await compare().catch(() => {}); // away: nothing to tell by
    if (behind !== null && performance.now() - behind.since >= BEHIND_FOR) await reload();
    else if (performance.now() - since >= LOST_FOR) await reload();
  }, LOOK_EVERY);
}

/** Loads the page anew where the server answers, but not all the time. */
export async function reload(): Promise<void> {
  const since = Date.now() - Number(sessionStorage.getItem(LOADED) ?? 0);
  if (since >= 0 && since < AT_LEAST) return; // less: the clock was set back
  if (!(await isThere())) return;
  sessionStorage.setItem(LOADED, String(Date.now()));
  location.reload();
}

let renewing = false;

/** Loads the page of another release, once that is there: a wall whose page is an error loads nothing any more. */
export async function renew(): Promise<void> {
  if (renewing) return;
  renewing = true;
  await new Promise((resolve) => setTimeout(resolve, Math.random() * APART));
  while (!(await isThere())) await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
  location.reload();
}

async function isThere(): Promise<boolean> {
  return fetch("/board", { cache: "no-store", signal: AbortSignal.timeout(PATIENCE) }).then(
    (response) => response.ok,
    () => false,
  );
}
