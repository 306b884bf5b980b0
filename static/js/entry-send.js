// Sends what is kept on the phone while the page is open; where the browser can, the worker sends it also when it is closed.

const EVERY = 60_000;
const store = globalThis.entryStore;
const { person, pages } = document.getElementById("queue").dataset;
const sender = globalThis.entrySender(store, {
  token: () => (document.cookie.match(/(?:^|; )(?:__Host-csrf|csrftoken)=([^;]+)/) || [])[1] || "",
  fresh: () => fetch(`${pages}new/`),
  say: (words) => dispatchEvent(new CustomEvent("entries:said", { detail: words })),
});

async function sendAll() {
  const rows = await sender.waiting(person);
  if (rows.length && navigator.onLine && (await sender.signedIn()) === person) return void (await sender.sendRows(rows));
  // an entry that was being sent when the page was killed is kept, not sent
  for (const entry of rows) if (entry.state === "sending") await store.put({ ...entry, state: "kept" });
}

/** The browser wakes the worker when the network is back, whether or not a page is open then. */
async function wakeLater() {
  if (!("serviceWorker" in navigator) || !(await sender.waiting(person)).length) return;
  const { sync: background } = await navigator.serviceWorker.ready;
  await background?.register("entries").catch(() => {});
}

async function rounds() {
  while (again) {
    again = false;
    if (navigator.locks) await navigator.locks.request("entries", sendAll);
    else await sendAll();
  }
  wakeLater();
}

let again = false;
let running = null;
/** One sender at a time, in whichever window; who asks meanwhile is served by one more round. */
function sync() {
  again = true;
  running ??= rounds().finally(() => { running = null; });
  return running;
}

globalThis.entrySync = sync;
addEventListener("online", sync);
addEventListener("pageshow", sync);
document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") sync(); });
new BroadcastChannel("entries").addEventListener("message", () => store.told(person)); // the worker has sent something
setInterval(sync, EVERY);
store.told(person);
