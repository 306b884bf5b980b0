// The quick log: kept on the phone first, then sent; one tap more or less, repeat the last entry, edit what waits.

const store = globalThis.entryStore;
const form = document.getElementById("entry");
const said = document.getElementById("said");
const errors = JSON.parse(form.dataset.errors);
const openForms = form.dataset.openForms.split(" ");
const field = (name) => form.querySelector(`[name=${name}]`);
const chosenType = () => form.querySelector("[name=type]:checked");
const words = (select) => (select && select.selectedOptions[0] ? select.selectedOptions[0].textContent.trim() : "");
let [started, editing] = [performance.now(), null];

Object.assign(field("starts_on"), { type: "date", value: today() });
for (const button of form.querySelectorAll("[data-step]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    field("number").value = String(Math.max(0, (parseInt(field("number").value, 10) || 0) + Number(button.dataset.step)));
  });
}

/** Types without a usual form of cooperation ask for one; a name is asked for where no agreement is chosen. */
function adapt() {
  form.querySelector("[data-open-form]").hidden = !chosenType() || !openForms.includes(chosenType().value);
  form.querySelector(".more-partner").hidden = field("cooperation").value !== "other";
  form.querySelector(".more-partner").open = field("cooperation").value === "other";
}

function fill(values) {
  const tile = values.type && form.querySelector(`[name=type][value="${CSS.escape(values.type)}"]`);
  if (tile) {
    tile.checked = true;
    if (tile.closest("details")) tile.closest("details").open = true;
  }
  for (const name of ["cooperation", "category", "form", "number", "starts_on", "note", "partner", "partner_text", "on_behalf_of"]) {
    if (field(name) && values[name] !== undefined && values[name] !== "") field(name).value = String(values[name]);
  }
  adapt();
}

/** Today on this phone: the page itself may have been kept since another day. */
function today() {
  const now = new Date();
  return new Date(now.getTime() - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
}

/** What is missing or cannot be read, by field; the same words as the server's. */
function wrong(values) {
  const found = [];
  if (!values.type) found.push("type");
  if (!values.cooperation) found.push("cooperation");
  if (values.cooperation === "other" && !values.partner) found.push("partner");
  if (values.type && openForms.includes(values.type) && !values.form) found.push("form");
  if (values.number && !/^\d{1,6}$/.test(values.number.replace(/\s/g, ""))) found.push("number");
  return found;
}

function showErrors(names) {
  const summary = document.getElementById("entry-errors").content.cloneNode(true).firstElementChild;
  for (const name of names) {
    const link = document.createElement("a");
    link.href = `#id_${name === "type" ? "type_0" : name}`;
    link.textContent = errors[name];
    summary.querySelector("ul").append(document.createElement("li"));
    summary.querySelector("li:last-child").append(link);
  }
  said.replaceChildren(summary);
  summary.focus();
}

/** The entry as the API takes it. */
function bodyOf(values) {
  const [kind, id] = values.cooperation.split(":");
  const body = { type: values.type, note: values.note, entry_seconds: Math.round((performance.now() - started) / 1000) };
  if (kind === "agreement") body.agreement = id;
  else body.partners = [kind === "partner" ? id : kind === "other" ? values.partner : ""].filter(Boolean).map((institution) => ({ institution }));
  if (openForms.includes(values.type)) body.form = values.form;
  const number = Number((values.number || "").replace(/\s/g, ""));
  if (number) body.counts = { [values.category]: number };
  body.starts_on = values.starts_on || today();
  for (const name of ["on_behalf_of", "organiser"]) if (values[name]) body[name] = values[name];
  return body;
}

async function save() {
  const values = Object.fromEntries([...new FormData(form)].filter(([, value]) => typeof value === "string"));
  const names = wrong(values);
  if (names.length) return showErrors(names);
  const file = field("photo").files[0];
  const photo = file ? await globalThis.entryPhoto(file).catch(() => null) : editing && editing.photo;
  const number = values.number ? `${values.number} · ${words(field("category"))}` : "";
  const before = editing || { key: crypto.randomUUID(), made: Date.now(), tried: false };
  const told = { type: chosenType().parentElement.textContent.trim(), cooperation: values.cooperation === "other" ? values.partner_text : words(field("cooperation")), number, day: values.starts_on.split("-").reverse().join(".") };
  const kept = { ...before, person: form.dataset.person, state: "kept", reasons: [], id: "", body: bodyOf(values), values, words: told };
  await store.put({ ...kept, photo: photo || null, photoState: photo ? "kept" : "" });
  form.dataset.last = JSON.stringify({ ...values, starts_on: "", note: "" });
  form.querySelector("[data-repeated]").textContent = [told.type, told.cooperation, values.number].filter(Boolean).join(" · ");
  form.querySelector("[data-repeat]").parentElement.hidden = false;
  clear();
  said.replaceChildren(document.getElementById("entry-saved").content.cloneNode(true));
  document.getElementById("queue").scrollIntoView({ block: "nearest" });
  navigator.storage?.persist?.();
  globalThis.entrySync();
}

/** An empty form for the next one; with whom and whose kind stay as they were. */
function clear() {
  editing = null;
  if (chosenType()) chosenType().checked = false;
  for (const name of ["number", "note", "photo"]) field(name).value = "";
  field("starts_on").value = today();
  started = performance.now();
  adapt();
  scrollTo({ top: 0 });
}

globalThis.entryEdit = (entry) => {
  editing = entry;
  fill(entry.values);
  chosenType()?.focus();
  started = performance.now();
};

form.addEventListener("submit", (event) => {
  event.preventDefault();
  save().catch(() => form.submit()); // a browser that keeps nothing sends the form as it is
});
form.addEventListener("change", adapt);
addEventListener("entries:drawn", (event) => {
  const before = said.querySelector(".message-info"); // what was said to be kept has arrived
  if (before && !event.detail.waiting) said.replaceChildren(document.getElementById("entry-arrived").content.cloneNode(true));
});
form.querySelector("[data-repeat]").addEventListener("click", (event) => {
  event.preventDefault();
  fill(JSON.parse(form.dataset.last));
  form.querySelector(".entry-save button").focus();
});
adapt();
if (location.hash.length > 1) store.get(location.hash.slice(1)).then((entry) => entry && entry.person === form.dataset.person && globalThis.entryEdit(entry));

const offline = document.getElementById("offline");
const tellNetwork = () => { offline.hidden = navigator.onLine; };
for (const name of ["online", "offline"]) addEventListener(name, tellNetwork);
tellNetwork();

if ("serviceWorker" in navigator) {
  navigator.serviceWorker.register("/sw.js").then(() => navigator.serviceWorker.ready).then(async () => {
    const pages = await caches.open("pages");
    if (!(await pages.match(location.pathname))) await pages.add(location.pathname);
  }).catch(() => {});
}
