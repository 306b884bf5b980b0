// The quick log: one tap more or less, repeat the last entry, the form of cooperation only where the type leaves it open.

const form = document.getElementById("entry");
const number = form.querySelector("[name=number]");

for (const button of form.querySelectorAll("[data-step]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    number.value = String(Math.max(0, (parseInt(number.value, 10) || 0) + Number(button.dataset.step)));
  });
}

/** Types without a usual form of cooperation ask for one; the others do not. */
function showOpenForm() {
  const open = form.dataset.openForms.split(" ");
  const chosen = form.querySelector("[name=type]:checked");
  form.querySelector("[data-open-form]").hidden = !chosen || !open.includes(chosen.value);
}

/** Fills in what was logged last; the day stays today. */
function repeat() {
  const last = JSON.parse(form.dataset.last);
  const tile = form.querySelector(`[name=type][value="${CSS.escape(last.type)}"]`);
  if (tile) {
    tile.checked = true;
    tile.closest("details")?.setAttribute("open", "");
  }
  for (const name of ["cooperation", "category", "form", "number"]) {
    const field = form.querySelector(`[name=${name}]`);
    if (field && last[name]) field.value = String(last[name]);
  }
  showOpenForm();
  form.querySelector(".entry-save button").focus();
}

form.querySelector("[data-repeat]")?.addEventListener("click", (event) => {
  event.preventDefault();
  repeat();
});
form.addEventListener("change", (event) => {
  if (event.target.name === "type") showOpenForm();
  if (event.target.name === "cooperation") form.querySelector(".more-partner").open = event.target.value === "other";
});
showOpenForm();
