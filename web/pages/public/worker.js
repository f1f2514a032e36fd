// Lets the share page open without a connection: the page as it was last, and the files that it names.
const CACHE = "share";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const { pathname } = new URL(event.request.url);
  if (event.request.mode === "navigate") event.respondWith(page(event.request));
  else if (pathname.startsWith("/pages/")) event.respondWith(asset(event.request));
});

async function page(request) {
  const cache = await caches.open(CACHE);
  try {
    const fresh = await fetch(request);
    if (fresh.ok) await keep(cache, fresh.clone());
    return fresh;
  } catch (away) {
    const kept = await cache.match("/share");
    if (kept) return kept;
    throw away;
  }
}

// A new release names other files: those of the one before go, and the new ones are fetched while there is a connection.
async function keep(cache, fresh) {
  const text = await fresh.clone().text();
  await cache.put("/share", fresh);
  const named = new Set(text.match(/\/pages\/[\w.-]+/g));
  const there = await cache.keys();
  const old = there.filter(
    ({ url }) => new URL(url).pathname.startsWith("/pages/") && !named.has(new URL(url).pathname),
  );
  await Promise.all(old.map((request) => cache.delete(request)));
  const paths = new Set(there.map(({ url }) => new URL(url).pathname));
  await cache.addAll([...named].filter((path) => !paths.has(path)));
}

// Their names carry the hash of what they hold, so what was kept is right.
async function asset(request) {
  return (await caches.match(request)) ?? fetch(request);
}
