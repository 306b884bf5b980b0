// A searchable choice (ARIA combobox with a list): the server finds, the browser shows. See components/combobox.html.

const PAUSE = 150;

/** Gives a box its list; called for the boxes of the page, and by the frame for its own when it is first used. */
export function equip(box) {
  const input = box.querySelector("[role=combobox]");
  const hidden = box.querySelector("input[type=hidden]");
  const list = box.querySelector("[role=listbox]");
  const live = document.getElementById("live");
  let timer = 0;
  let asking = null;
  let active = -1;

  const options = () => [...list.querySelectorAll("[role=option]")];

  function close() {
    list.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function open() {
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
  }

  function mark(index) {
    const all = options();
    if (!all.length) return;
    active = (index + all.length) % all.length;
    all.forEach((option, place) => option.setAttribute("aria-selected", String(place === active)));
    input.setAttribute("aria-activedescendant", all[active].id);
    all[active].scrollIntoView({ block: "nearest" });
  }

  function choose(option) {
    if ("go" in box.dataset) {
      location.assign(option.dataset.value);
      return;
    }
    input.value = option.dataset.text || option.firstChild.textContent.trim();
    hidden.value = option.dataset.value;
    close();
    hidden.dispatchEvent(new Event("change", { bubbles: true }));
    box.dispatchEvent(new CustomEvent("combobox:chosen", { bubbles: true, detail: { value: hidden.value, text: input.value } }));
  }

  async function ask() {
    asking?.abort();
    asking = new AbortController();
    const address = new URL(box.dataset.source, location.href);
    address.searchParams.set("q", input.value.trim());
    try {
      const answer = await fetch(address, { signal: asking.signal, headers: { "X-Requested-With": "combobox" } });
      if (!answer.ok) return close();
      list.innerHTML = await answer.text();
      options().forEach((option, place) => {
        option.id = option.id || `${list.id}-${place}`;
        option.setAttribute("aria-selected", "false");
      });
      active = -1;
      input.removeAttribute("aria-activedescendant");
      if (list.children.length) open(); else close();
      live.textContent = list.querySelector("[data-count]")?.dataset.count || String(options().length);
    } catch (error) {
      if (error.name !== "AbortError") close();
    }
  }

  const soon = () => { clearTimeout(timer); timer = setTimeout(ask, PAUSE); };

  input.addEventListener("input", () => { hidden.value = ""; soon(); });
  input.addEventListener("focus", () => { if (!hidden.value) soon(); });
  input.addEventListener("blur", () => { clearTimeout(timer); setTimeout(close, 150); });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) return ask();
      mark(active < 0 && event.key === "ArrowUp" ? options().length - 1 : active + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Enter" && !list.hidden && options().length && (active >= 0 || !("go" in box.dataset))) {
      event.preventDefault();
      choose(options()[Math.max(active, 0)]);
    } else if (event.key === "Escape") {
      if (!list.hidden) return close();
      input.value = hidden.value = "";
    }
  });
  list.addEventListener("mousedown", (event) => {
    const option = event.target.closest("[role=option]");
    event.preventDefault();
    if (option) choose(option);
  });
}

document.querySelectorAll(".combobox[data-source]:not([data-script])").forEach(equip);
document.addEventListener("htmx:afterSwap", (event) => event.detail.target?.querySelectorAll(".combobox[data-source]").forEach(equip));
