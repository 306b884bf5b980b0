// Filters apply at once: a change asks for the same address, swaps the results and leaves the focus in the filter.

const PAUSE = 250;
let waiting = 0;
let asking = null;

/** The address of a filter form without the fields left empty. */
function addressOf(form) {
  const query = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    if (typeof value === "string" && value.trim() !== "") query.append(name, value.trim());
  }
  const text = query.toString();
  return location.pathname + (text ? `?${text}` : "");
}

/** Fetches a page and puts its results, chips and live text in the place of ours. */
async function show(form, address, push) {
  const id = form.dataset.target || "results";
  const place = document.getElementById(id);
  asking?.abort();
  asking = new AbortController();
  place.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(address, { signal: asking.signal, headers: { "X-Requested-With": "filters" } });
    if (!answer.ok && answer.status !== 422) throw new Error(String(answer.status));
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById(id);
    if (!fresh) throw new Error("no results in the answer");
    place.replaceWith(fresh);
    exchangeChips(form, page);
    if (push) history.pushState({ filters: true }, "", address);
    const total = fresh.querySelector("[data-total]");
    if (total) document.getElementById("live").textContent = total.textContent.trim();
    window.htmx?.process(fresh);
  } catch (error) {
    if (error.name !== "AbortError") location.assign(address);
  }
}

/** The chips of the filters in use stand beside the form and come with the answer. */
function exchangeChips(form, page) {
  const mine = document.querySelector(".filter-chips");
  const theirs = page.querySelector(".filter-chips");
  mine?.remove();
  if (theirs) form.after(theirs);
}

const wide = matchMedia("(min-width: 768px)");
const unfold = () => document.querySelectorAll(".filters-fold").forEach((fold) => { fold.open = wide.matches; });
unfold();
wide.addEventListener("change", unfold);

for (const form of document.querySelectorAll("form[data-filters]")) {
  if (!document.getElementById(form.dataset.target || "results")) continue;
  form.querySelector("[data-apply]")?.setAttribute("hidden", "");
  const soon = (delay) => {
    clearTimeout(waiting);
    waiting = setTimeout(() => show(form, addressOf(form), true), delay);
  };
  form.addEventListener("submit", (event) => { event.preventDefault(); soon(0); });
  form.addEventListener("change", () => soon(matchMedia("(pointer: coarse)").matches ? PAUSE : 0));
  form.addEventListener("input", (event) => { if (event.target.matches("input[type=text], input[type=search]")) soon(PAUSE); });
}
addEventListener("popstate", () => location.reload());
