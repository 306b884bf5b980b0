// What the quick log needs without a network: its files, and the page itself of the person who opened it. Nothing else is kept;
// any other page says that there is no network.
// Where the browser can (Background Sync), what waits is sent as soon as there is a network, also with no page open.

importScripts({% for address in scripts %}"{{ address }}"{% if not forloop.last %}, {% endif %}{% endfor %});

const FILES = "files-{{ version }}";
const PAGES = "pages";
const SHELL = {{ shell|safe }};
const LOG = /^\/[a-z-]+\/activities\/new\/$/;
const DOORS = /\/accounts\/(login|logout)\/$/;
const WORDS = {{ words|safe }};
const PATIENCE = 4000;

self.addEventListener("install", (event) => event.waitUntil(prepare()));
self.addEventListener("activate", (event) => event.waitUntil(takeOver()));

async function prepare() {
  await (await caches.open(FILES)).addAll(SHELL);
  await self.skipWaiting();
}

/** The new version replaces the old one; the kept page is fetched anew, for it names the old files. */
async function takeOver() {
  for (const name of await caches.keys()) if (name !== FILES && name !== PAGES) await caches.delete(name);
  await self.clients.claim();
  const pages = await caches.open(PAGES);
  for (const request of await pages.keys()) {
    const answer = await fetch(request.url, { credentials: "same-origin" }).catch(() => null);
    if (answer) await (answer.ok && !answer.redirected ? pages.put(request.url, answer) : pages.delete(request));
  }
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname, search } = new URL(request.url);
  if (origin !== location.origin) return;
  if (request.method === "POST" && DOORS.test(pathname)) event.waitUntil(caches.delete(PAGES)); // another person may come
  if (request.method !== "GET") return;
  if (request.mode === "navigate" && LOG.test(pathname)) event.respondWith(page(event, pathname, search));
  else if (request.mode === "navigate") event.respondWith(fetch(request).catch(() => absent(pathname.split("/")[1])));
  else if (SHELL.includes(pathname)) event.respondWith(caches.match(pathname).then((kept) => kept || fetch(request)));
});

/** The page from the network; from the phone where there is none, or where it does not answer in time. */
async function page(event, pathname, search) {
  const pages = await caches.open(PAGES);
  const asked = fetch(event.request).then((answer) => {
    if (answer.ok && !search) event.waitUntil(pages.put(pathname, answer.clone()));
    return answer;
  });
  const kept = await pages.match(pathname);
  if (!kept) return asked;
  const late = new Promise((done) => { setTimeout(() => done(kept), PATIENCE); });
  return Promise.race([asked.catch(() => kept), late]);
}

/** Another page without a network: what happened, and the way to the log if it was kept. */
async function absent(asked) {
  const lang = WORDS[asked] ? asked : "uz";
  const [title, text, again, log] = WORDS[lang];
  const address = `/${lang}/activities/new/`;
  const way = (await (await caches.open(PAGES)).match(address)) ? `<a class="button button-second" href="${address}">${log}</a>` : "";
  const styles = SHELL.filter((name) => name.endsWith(".css")).map((name) => `<link rel="stylesheet" href="${name}">`).join("");
  const page = `<!doctype html><html lang="${lang}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><title>${title} · Hamkorlik</title>${styles}</head><body><main class="page"><div class="lost"><h1>${title}</h1><p class="lede">${text}</p><div class="actions"><a class="button" href="">${again}</a>${way}</div></div></main></body></html>`;
  return new Response(page, { status: 503, headers: { "Content-Type": "text/html; charset=utf-8" } });
}

const sender = entrySender(entryStore, {
  token: async () => ((await cookieStore.getAll()).find(({ name }) => name === "__Host-csrf" || name === "csrftoken") || { value: "" }).value,
  fresh: async () => { for (const kept of await (await caches.open(PAGES)).keys()) await fetch(kept.url); },
  say: () => {},
});

self.addEventListener("sync", (event) => { if (event.tag === "entries") event.waitUntil(navigator.locks.request("entries", sendKept)); });

/** Entries of whoever is signed in; an error makes the browser try again later. */
async function sendKept() {
  const person = await sender.signedIn();
  const done = person && (await sender.sendRows(await sender.waiting(person)));
  new BroadcastChannel("entries").postMessage(person);
  if (!done) throw new Error("later");
}
