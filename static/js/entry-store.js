// Entries kept on this phone until the server has them; each belongs to the person who wrote it. Page and worker use it.
// {key, person, state: kept|sending|received|failed, made, body, words, photo, photoState, id, reasons, tried}

const NAME = "hamkorlik";

function opened() {
  return new Promise((done, fail) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("entries", { keyPath: "key" }).createIndex("person", "person");
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => fail(asked.error);
  });
}

/** One transaction that is on the disk when it is done. */
async function within(mode, act) {
  const base = await opened();
  try {
    return await new Promise((done, fail) => {
      const transaction = base.transaction("entries", mode, { durability: "strict" });
      const asked = act(transaction.objectStore("entries"));
      transaction.oncomplete = () => done(asked && asked.result);
      transaction.onerror = transaction.onabort = () => fail(transaction.error);
    });
  } finally {
    base.close();
  }
}

const store = {
  async all(person) {
    const rows = await within("readonly", (entries) => entries.index("person").getAll(person));
    return rows.sort((one, other) => one.made - other.made);
  },
  get: (key) => within("readonly", (entries) => entries.get(key)),
  async put(entry) {
    await within("readwrite", (entries) => entries.put(entry));
    await store.told(entry.person);
  },
  async remove(entry) {
    await within("readwrite", (entries) => entries.delete(entry.key));
    await store.told(entry.person);
  },
  isWaiting: (entry) => entry.state !== "received" || (entry.photo && entry.photoState === "kept"),
  /** Lists and the badge follow every change; the number is where the frame finds it before anybody signs out. */
  async told(person) {
    const waiting = (await store.all(person)).filter(store.isWaiting).length;
    globalThis.localStorage?.setItem("unsent", JSON.stringify({ person, waiting }));
    dispatchEvent(new CustomEvent("entries:changed"));
  },
};
globalThis.entryStore = store;
