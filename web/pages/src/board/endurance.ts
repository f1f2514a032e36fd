// What lets a wall stay on for a year: it moves a little, so that nothing burns in, and loads itself anew when it hangs.
const DRIFT_EVERY = 4 * 60_000; // ms
const LOOK_EVERY = 60_000;
const LOST_FOR = 15 * 60_000; // without a connection, though the server answers
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

/** Loads the page anew where it has not been live for long and the server answers: whatever hangs, hangs here. */
export function watch(live: () => boolean): () => void {
  let since = Date.now();
  const timer = setInterval(async () => {
    if (live()) since = Date.now();
    if (Date.now() - since < LOST_FOR || Date.now() - Number(sessionStorage.getItem(LOADED) ?? 0) < AT_LEAST) return;
    const answers = await fetch("/healthz", { cache: "no-store" }).then(
      (response) => response.ok,
      () => false,
    );
    if (answers) {
      sessionStorage.setItem(LOADED, String(Date.now()));
      location.reload();
    }
  }, LOOK_EVERY);
  return () => clearInterval(timer);
}
