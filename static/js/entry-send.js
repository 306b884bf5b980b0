// Sends what is kept on the phone: one at a time, each with the key made with it, so that none is on the server twice.

const API = "/api/v1/activities/";
const EVERY = 60_000;
const LATER = new Set([408, 425, 429, 500, 502, 503, 504]);
const BUSY = new Set(["busy", "idempotency_key_in_flight"]);
const store = globalThis.entryStore;
const { person, pages } = document.getElementById("queue").dataset;

const csrf = () => (document.cookie.match(/(?:^|; )(?:__Host-csrf|csrftoken)=([^;]+)/) || [])[1] || "";
const say = (words) => dispatchEvent(new CustomEvent("entries:said", { detail: words }));

/** "sent", "refused" with reasons, "later" (no network, or the server is busy) or "sign-in". */
async function post(address, key, body, patience) {
  const headers = { "X-CSRFToken": csrf(), "Idempotency-Key": key, Accept: "application/json" };
  if (typeof body === "string") headers["Content-Type"] = "application/json";
  try {
    const answer = await fetch(address, { method: "POST", headers, body, signal: AbortSignal.timeout(patience) });
    const told = await answer.json().catch(() => ({}));
    if (answer.ok) return { how: "sent", told };
    if (answer.status === 401 || told.code === "csrf") return { how: "sign-in" };
    const noToken = answer.status === 403 && /^CSRF/.test(told.detail || "");
    if (LATER.has(answer.status) || BUSY.has(told.code) || noToken) return { how: "later" };
    const reasons = (told.errors || []).map((error) => error.message).filter(Boolean);
    return { how: "refused", reasons: reasons.length ? reasons : [told.detail || told.title || String(answer.status)] };
  } catch {
    return { how: "later" };
  }
}

async function sendText(entry) {
  await store.put({ ...entry, state: "sending", tried: true });
  const { how, told, reasons } = await post(API, entry.key, JSON.stringify(entry.body), 30_000);
  const states = { sent: "received", refused: "failed", later: "kept", "sign-in": "kept" };
  const now = { ...entry, tried: true, state: states[how], reasons: reasons || [], id: told ? told.id : "" };
  if (await store.get(entry.key)) await store.put(now); // it may have been deleted meanwhile
  return { how, entry: now };
}

async function sendPhoto(entry) {
  const body = new FormData();
  body.set("photo", entry.photo, "photo.jpg");
  const { how, reasons } = await post(`${API}${entry.id}/photo/`, `${entry.key}-photo`, body, 180_000);
  if (how === "sent") await store.put({ ...entry, photo: null, photoState: "received" });
  if (how === "refused") await store.put({ ...entry, photo: null, photoState: "failed", reasons });
  return how;
}

/** Whoever is signed in now: entries of somebody else stay where they are. */
async function isSignedIn() {
  try {
    const answer = await fetch("/api/v1/me/", { headers: { Accept: "application/json" }, signal: AbortSignal.timeout(15_000) });
    if (answer.status === 401) return say("sign-in") || false;
    if (!answer.ok || (await answer.json()).id !== person) return false;
    if (!csrf()) await fetch(`${pages}new/`); // a killed browser may have lost the token: the page brings a new one
    return true;
  } catch {
    return false;
  }
}

async function sendAll() {
  const rows = (await store.all(person)).filter((entry) => entry.state !== "failed" && store.isWaiting(entry));
  if (!rows.length || !navigator.onLine || !(await isSignedIn())) {
    // an entry that was being sent when the page was killed is kept, not sent
    for (const entry of rows) if (entry.state === "sending") await store.put({ ...entry, state: "kept" });
    return;
  }
  const photos = [];
  for (const row of rows) {
    const { how, entry } = row.id ? { how: "sent", entry: row } : await sendText(row);
    if (how === "sign-in") say("sign-in");
    if (how === "later" || how === "sign-in") return;
    if (how === "sent" && entry.photo) photos.push(entry);
  }
  for (const entry of photos) if ((await sendPhoto(entry)) === "later") return;
}

async function rounds() {
  while (again) {
    again = false;
    if (navigator.locks) await navigator.locks.request("entries", sendAll);
    else await sendAll();
  }
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
setInterval(sync, EVERY);
