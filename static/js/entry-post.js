// Posts kept entries one at a time, each with the key made with it; used by the open page and by the worker alike.

const API = "/api/v1/activities/";
const LATER = new Set([408, 425, 429, 500, 502, 503, 504]);
const BUSY = new Set(["busy", "idempotency_key_in_flight"]);
const WAITS = new Set(["later", "sign-in"]);

/** A sender: `token` gives the CSRF token, `fresh` fetches a new one, `say` tells the reader what to do. */
globalThis.entrySender = (kept, { token, fresh, say }) => {
  /** "sent", "refused" with reasons, "later" (no network, or the server is busy) or "sign-in". */
  async function post(address, key, body, patience) {
    const headers = { "X-CSRFToken": await token(), "Idempotency-Key": key, Accept: "application/json" };
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
    await kept.put({ ...entry, state: "sending", tried: true });
    const { how, told, reasons } = await post(API, entry.key, JSON.stringify(entry.body), 30_000);
    const states = { sent: "received", refused: "failed", later: "kept", "sign-in": "kept" };
    const now = { ...entry, tried: true, state: states[how], reasons: reasons || [], id: told ? told.id : "" };
    if (await kept.get(entry.key)) await kept.put(now); // it may have been deleted meanwhile
    return { how, entry: now };
  }

  async function sendPhoto(entry) {
    const body = new FormData();
    body.set("photo", entry.photo, "photo.jpg");
    const { how, reasons } = await post(`${API}${entry.id}/photo/`, `${entry.key}-photo`, body, 180_000);
    if (how === "sent") await kept.put({ ...entry, photo: null, photoState: "received" });
    if (how === "refused") await kept.put({ ...entry, photo: null, photoState: "failed", reasons });
    return how;
  }

  /** Who is signed in now, by public id: entries of somebody else stay where they are. */
  async function signedIn() {
    try {
      const answer = await fetch("/api/v1/me/", { headers: { Accept: "application/json" }, signal: AbortSignal.timeout(15_000) });
      if (answer.status === 401) say("sign-in");
      if (!answer.ok) return "";
      if (!(await token())) await fresh(); // a killed browser may have lost the token: the page brings a new one
      return (await answer.json()).id;
    } catch {
      return "";
    }
  }

  /** Texts first, then photos; whether nothing waits any more. */
  async function sendRows(rows) {
    const photos = [];
    for (const row of rows) {
      const { how, entry } = row.id ? { how: "sent", entry: row } : await sendText(row);
      if (how === "sign-in") say("sign-in");
      if (WAITS.has(how)) return false;
      if (how === "sent" && entry.photo) photos.push(entry);
    }
    for (const entry of photos) if (WAITS.has(await sendPhoto(entry))) return false;
    return true;
  }

  const waiting = async (person) => (await kept.all(person)).filter((entry) => entry.state !== "failed" && kept.isWaiting(entry));
  return { signedIn, sendRows, waiting };
};
