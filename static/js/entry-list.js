// What this phone keeps of a person's entries: three states with three looks, and what can be done with each.

const store = globalThis.entryStore;
const place = document.getElementById("queue");
const part = (name) => document.getElementById(`queue-${name}`).content.cloneNode(true).firstElementChild;
const DAY = 86_400_000;
let shown = [];

function item(entry) {
  const row = part("item");
  const { words } = entry;
  row.querySelector("[data-title]").textContent = [words.type, words.cooperation].filter(Boolean).join(" · ");
  row.querySelector("[data-more]").textContent = [words.number, words.day].filter(Boolean).join(" · ");
  const late = entry.state === "received" && entry.photo;
  row.querySelector("[data-badge]").append(part(late ? "photo" : entry.state));
  if (entry.state === "received") {
    const link = row.querySelector("[data-link]");
    link.hidden = false;
    link.href = `${place.dataset.pages}${entry.id}/`;
    link.textContent = `№ ${entry.id.slice(-6)}`;
  }
  const old = entry.state === "kept" && Date.now() - entry.made > 3 * DAY;
  const why = [...(entry.reasons || []), ...(old ? [place.dataset.old] : [])];
  row.querySelector("[data-why]").textContent = why.join(" ");
  row.querySelector("[data-why]").hidden = !why.length;
  for (const button of row.querySelectorAll("button")) {
    button.hidden = entry.state === "received" || entry.state === "sending";
    button.append(part("of"));
    button.lastElementChild.textContent = `: ${words.type}`;
    button.addEventListener("click", () => acts[button.dataset.act](entry));
  }
  row.dataset.state = entry.state;
  row.dataset.key = entry.key;
  return row;
}

const acts = {
  edit(entry) {
    if (globalThis.entryEdit) globalThis.entryEdit(entry);
    else location.assign(`${place.dataset.pages}new/#${entry.key}`);
  },
  async send(entry) {
    await store.put({ ...entry, state: "kept", reasons: [] });
    await globalThis.entrySync();
  },
  async remove(entry) {
    if (confirm(place.dataset.remove)) await store.remove(entry);
  },
};

/** The last resort: everything that is kept, as a file. */
async function takeAway() {
  const rows = shown.filter(store.isWaiting).map(({ photo, ...entry }) => ({ ...entry, hasPhoto: Boolean(photo) }));
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([JSON.stringify(rows, null, 2)], { type: "application/json" }));
  link.download = "hamkorlik-entries.json";
  link.click();
  URL.revokeObjectURL(link.href);
}

async function draw() {
  const rows = await store.all(place.dataset.person);
  const gone = rows.filter((entry) => entry.state === "received" && !entry.photo && Date.now() - entry.made > DAY);
  shown = rows.filter((entry) => !gone.includes(entry)).reverse();
  place.querySelector("ul").replaceChildren(...shown.map(item));
  const waiting = shown.filter(store.isWaiting).length;
  place.querySelector("[data-waiting]").hidden = !waiting;
  place.querySelector("[data-number]").textContent = String(waiting);
  place.hidden = !shown.length;
  dispatchEvent(new CustomEvent("entries:drawn", { detail: { waiting } }));
}

place.querySelector("[data-export]").addEventListener("click", takeAway);
addEventListener("entries:changed", draw);
addEventListener("entries:said", (event) => {
  place.querySelector("[data-sign-in]").hidden = event.detail !== "sign-in";
});
draw();
