// One at a time, among all tabs of this browser.
let last: Promise<unknown> = Promise.resolve();

/**
 * Does the work when nobody else does work of that name. Browsers have locks only where an address is safe (https, or
 * this computer): by plain http from another one, as somebody tries it in their own network, it is so within this tab.
 */
export async function alone<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
  if ("locks" in navigator) return (await navigator.locks.request(name, work)) as Result;
  const before = last;
  const done = before.then(work);
  last = done.catch(() => {});
  return done;
}
