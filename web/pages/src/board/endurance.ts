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
  let since = Date.now();
  let compared = Date.now();
  let behind: { shown: string | null; since: number } | null = null;

  async function compare(): Promise<void> {
    compared = Date.now();
    const before = shown();
    const now = await ask();
    // What came meanwhile is compared next time. A page that changes does not hang.
    if (now === null || shown() !== before || now === before) behind = null;
    else if (behind?.shown !== before) behind = { shown: before, since: Date.now() };
  }

  setInterval(async () => {
    if (live()) since = Date.now();
    if (Date.now() - compared >= COMPARE_EVERY) await compare().catch(() => {}); // away: nothing to tell by
    if (behind !== null && Date.now() - behind.since >= BEHIND_FOR) await reload();
    else if (Date.now() - since >= LOST_FOR) await reload();
  }, LOOK_EVERY);
}

/** Loads the page anew where the server answers, but not all the time. */
export async function reload(): Promise<void> {
  if (Date.now() - Number(sessionStorage.getItem(LOADED) ?? 0) < AT_LEAST) return;
  const answers = await fetch("/healthz", { cache: "no-store" }).then(
    (response) => response.ok,
    () => false,
  );
  if (!answers) return;
  sessionStorage.setItem(LOADED, String(Date.now()));
  location.reload();
}
