// Lets the share page open without a connection: the page as it was last, and the files that it names.
const CACHE = "share";

self.addEventListener("install", (event) => event.waitUntil(begin()));
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const { pathname } = new URL(event.request.url);
  if (event.request.mode === "navigate") event.respondWith(page(event));
  else if (pathname.startsWith("/pages/")) event.respondWith(asset(event.request));
});

// At the first visit already: that page was there before this was.
async function begin() {
  const fresh = await fetch("/share");
  if (fresh.ok) await keep(await caches.open(CACHE), fresh);
  await self.skipWaiting();
}

async function page(event) {
  const cache = await caches.open(CACHE);
  try {
    const fresh = await fetch(event.request);
    if (fresh.ok) event.waitUntil(keep(cache, fresh.clone()));
    return fresh;
  } catch (away) {
    const kept = await cache.match("/share");
    if (kept) return kept;
    throw away;
  }
}

// A new release names other files. The page is kept once all that it names is: whatever is cut when, what is kept is
// whole, of the one release or the other.
async function keep(cache, fresh) {
  const text = await fresh.clone().text();
  const named = new Set(text.match(/\/pages\/[\w.-]+/g));
  const there = await cache.keys();
  const paths = new Set(there.map(({ url }) => new URL(url).pathname));
  await cache.addAll([...named].filter((path) => !paths.has(path)));
  await cache.put("/share", fresh);
  const old = there.filter(({ url }) => {
    const { pathname } = new URL(url);
    return pathname.startsWith("/pages/") && !named.has(pathname);
  });
  await Promise.all(old.map((request) => cache.delete(request)));
}

// Their names carry the hash of what they hold, so what was kept is right, whichever headers it is asked for with.
async function asset(request) {
  return (await caches.match(request, { ignoreVary: true })) ?? fetch(request);
}
