// The frame: menus that close, the theme without a reload, focus after a swap, one line when a request fails.

const root = document.documentElement;
const live = document.getElementById("live");

/** Says a line to screen readers, once. */
export function announce(text) {
  live.textContent = "";
  setTimeout(() => { live.textContent = text; }, 50);
}

// --- menus are <details>: Escape and a click outside close them, and one is open at a time
function closeMenus(except) {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (menu !== except) menu.open = false;
  }
}
document.addEventListener("click", (event) => closeMenus(event.target.closest("details.menu")));
document.addEventListener("focusin", (event) => {
  const inside = event.target.closest("details.menu");
  if (inside || event.target.closest("a, button, input, select, textarea")) closeMenus(inside);
});
document.addEventListener("keydown", (event) => {
  const menu = document.querySelector("details.menu[open]");
  if (event.key === "Escape" && menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  const search = document.querySelector("[data-key='/']");
  const palette = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey);
  if (search && (palette || (event.key === "/" && !typing))) {
    event.preventDefault();
    search.focus();
  }
});

// --- the search box finds while one types; what it needs is fetched when it is first used
const finder = document.querySelector(".top-search .combobox");
finder?.addEventListener("focusin", async () => {
  const { equip } = await import(finder.dataset.script);
  equip(finder);
}, { once: true });

// --- the theme: the server writes it into the page, a click only saves the round trip
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-theme-choice]");
  if (!button || !button.form) return;
  event.preventDefault();
  const choice = button.dataset.themeChoice;
  if (choice) root.dataset.theme = choice;
  else delete root.dataset.theme;
  for (const other of button.form.querySelectorAll("[data-theme-choice]")) {
    other.setAttribute("aria-pressed", String(other === button));
  }
  const body = new FormData(button.form);
  body.set(button.name, button.value);
  fetch(button.form.action, { method: "POST", body, redirect: "manual" });
});

// --- the error summary takes the focus; so does the heading of a part that was swapped in
function takeFocus(scope) {
  const summary = scope.querySelector("[data-focus]");
  if (summary) summary.focus();
  return Boolean(summary);
}
takeFocus(document);
document.addEventListener("htmx:afterSwap", (event) => {
  const part = event.detail.target;
  if (!part || takeFocus(part) || part.contains(document.activeElement)) return;
  const kept = event.detail.elt;
  if (kept && kept.closest("[data-filters]")) return;
  const heading = part.querySelector("h1, h2, h3");
  if (heading) {
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
  }
});
document.addEventListener("htmx:beforeRequest", (event) => event.detail.target?.setAttribute("aria-busy", "true"));
document.addEventListener("htmx:afterRequest", (event) => event.detail.target?.removeAttribute("aria-busy"));

// --- a failed request says so where messages stand
function showFailure() {
  const place = document.getElementById("messages");
  place.replaceChildren(document.getElementById("failed-request").content.cloneNode(true));
}
document.addEventListener("htmx:responseError", showFailure);
document.addEventListener("htmx:sendError", showFailure);

// --- a select that goes somewhere does so at once; its button serves the keyboard and pages without scripts
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-submit-on-change]");
  if (form && event.target.matches("select") && !form.dataset.keyed) form.requestSubmit();
});
document.addEventListener("keydown", (event) => {
  const form = event.target.closest("form[data-submit-on-change]");
  if (form && event.key.startsWith("Arrow")) form.dataset.keyed = "yes";
});

// --- entries kept on this phone: their number stands on the way to the log, and nobody signs out over them unasked
function unsent() {
  const { waiting = 0 } = JSON.parse(localStorage.getItem("unsent") || "{}");
  return waiting;
}
function showUnsent() {
  for (const link of document.querySelectorAll(".sections a[href$='/activities/new/'], .bottom-bar a[href$='/activities/new/']")) {
    link.querySelector(".count")?.remove();
    if (unsent()) link.append(Object.assign(document.createElement("span"), { className: "count", textContent: String(unsent()) }));
  }
}
showUnsent();
addEventListener("entries:changed", showUnsent);
document.addEventListener("submit", (event) => {
  const question = event.target.dataset.unsent;
  if (question && unsent() && !confirm(question)) event.preventDefault();
});
