// A draft saves itself every two seconds while somebody types, and says when it last did.
// <form data-autosave="/address/" data-saved="Saved" data-unsaved="Not saved yet…" data-version="7">; answer: JSON {version, saved_at} or 409/412.

const EVERY = 2000;

for (const form of document.querySelectorAll("form[data-autosave]")) {
  const note = form.querySelector("[data-saved-note]") || document.getElementById("live");
  let before = serialise(form);
  let sending = false;
  let stopped = false;

  const say = (text) => { if (note.textContent !== text) note.textContent = text; };

  async function save(leaving) {
    const now = serialise(form);
    if (stopped || sending || now === before) return;
    sending = true;
    const body = new FormData(form);
    for (const [name, value] of [...body]) if (value instanceof File) body.delete(name);
    if (form.dataset.version) body.set("version", form.dataset.version);
    try {
      const answer = await fetch(form.dataset.autosave, {
        method: "POST", body, keepalive: Boolean(leaving), headers: { "X-Requested-With": "autosave", Accept: "application/json" },
      });
      await heard(answer, now);
    } catch {
      say(form.dataset.unsaved || "");
    } finally {
      sending = false;
    }
  }

  async function heard(answer, sent) {
    if (answer.redirected || answer.status === 401 || answer.status === 403) return say(form.dataset.unsaved || "");
    if (answer.status === 409 || answer.status === 412) {
      stopped = true;
      form.querySelector("[data-conflict]")?.removeAttribute("hidden");
      return say(form.dataset.unsaved || "");
    }
    if (!answer.ok && answer.status !== 204) return say(form.dataset.unsaved || "");
    before = sent;
    const told = answer.status === 204 ? {} : await answer.json().catch(() => ({}));
    if (told.version !== undefined) {
      form.dataset.version = told.version;
      const field = form.querySelector("[name=version]");
      if (field) field.value = told.version;
      before = serialise(form);
    }
    const clock = told.saved_at || new Date().toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
    say(`${form.dataset.saved} ${clock}`);
  }

  setInterval(save, EVERY);
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") save(true); });
  form.addEventListener("submit", () => { stopped = true; });
}

/** What the form holds now, files aside. */
function serialise(form) {
  return JSON.stringify([...new FormData(form)].filter(([name, value]) => typeof value === "string" && name !== "version"));
}
