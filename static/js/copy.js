// Copy buttons: <button data-copy="text" data-copied="Copied">, or data-copy-from="id of an element". Shown only where the clipboard works.

for (const button of document.querySelectorAll("[data-copy], [data-copy-from]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy], [data-copy-from]");
  if (!button) return;
  const source = button.dataset.copyFrom && document.getElementById(button.dataset.copyFrom);
  const text = source ? source.textContent : button.dataset.copy === "address" ? location.href : button.dataset.copy;
  await navigator.clipboard.writeText(text);
  document.getElementById("live").textContent = button.dataset.copied || "";
  const words = button.querySelector("[data-copy-words]") || button;
  const before = words.textContent;
  words.textContent = button.dataset.copied || before;
  setTimeout(() => { words.textContent = before; }, 2000);
});

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
