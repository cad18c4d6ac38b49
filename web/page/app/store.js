// What the page keeps in the browser: settings, drafts and rooms; the key; the outbox; the newest messages of
// each room. A browser may refuse any of it, and
// then the page goes on without and says so. Not here: what is done with it.

const DATABASE = "papo";
const VERSION = 2;
const TABLES = ["keys", "outbox", "history"];
/** Where nothing can be kept, it is kept until the window closes. */
const fallback = new Map();

/** A setting, or what is given. @param {string} name @param {any} [otherwise] */
export function setting(name, otherwise = null) {
  try {
    const kept = localStorage.getItem(`papo.${name}`);
    return kept === null ? fallback.get(name) ?? otherwise : JSON.parse(kept);
  } catch {
    return fallback.get(name) ?? otherwise;
  }
}

/** @param {string} name @param {any} value null to forget it */
export function keep(name, value) {
  if (value === null) fallback.delete(name);
  else fallback.set(name, value);
  try {
    if (value === null) localStorage.removeItem(`papo.${name}`);
    else localStorage.setItem(`papo.${name}`, JSON.stringify(value));
  } catch {
    // Kept until the window closes.
  }
}

/** @typedef {"keys" | "outbox" | "history"} Table */

export class Store {
  /** @param {IDBDatabase | null} database */
  constructor(database) {
    this.database = database;
    /** @type {Map<string, any>} */
    this.memory = new Map();
  }

  /** Opens the browser's database; where it refuses, the store forgets everything with the window. */
  static async open() {
    try {
      return new Store(await openDatabase());
    } catch {
      return new Store(null);
    }
  }

  get isLasting() {
    return this.database !== null;
  }

  /** @param {Table} name @param {string} key */
  async get(name, key) {
    return this.#run(name, "readonly", (table) => table.get(key), () => this.memory.get(`${name} ${key}`));
  }

  /** @param {Table} name @param {string} key @param {any} value */
  async put(name, key, value) {
    await this.#run(name, "readwrite", (table) => table.put(value, key), () => this.memory.set(`${name} ${key}`, value));
  }

  /** @param {Table} name @param {string} key */
  async remove(name, key) {
    await this.#run(name, "readwrite", (table) => table.delete(key), () => this.memory.delete(`${name} ${key}`));
  }

  /** Everything of the outbox, in the order of its keys. @returns {Promise<any[]>} */
  async outbox() {
    return this.#run("outbox", "readonly", (table) => table.getAll(), () => []);
  }

  /** Forgets everything of a table. @param {Table} name */
  async clear(name) {
    await this.#run(name, "readwrite", (table) => table.clear(), () => {
      for (const key of this.memory.keys()) if (key.startsWith(`${name} `)) this.memory.delete(key);
    });
  }

  /** @param {Table} name @param {IDBTransactionMode} mode @param {(table: IDBObjectStore) => IDBRequest} ask @param {() => any} otherwise */
  async #run(name, mode, ask, otherwise) {
    if (this.database === null) return otherwise();
    try {
      const transaction = this.database.transaction(name, mode, { durability: name === "history" ? "relaxed" : "strict" });
      const request = ask(transaction.objectStore(name));
      return await finished(request, mode === "readwrite" ? transaction : null);
    } catch {
      // The disk is full, or somebody has cleared the site's data: from now on nothing lasts.
      this.database = null;
      return otherwise();
    }
  }
}

/** @returns {Promise<IDBDatabase>} */
function openDatabase() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, VERSION);
    request.onupgradeneeded = () => {
      const there = request.result.objectStoreNames;
      for (const table of TABLES) if (!there.contains(table)) request.result.createObjectStore(table);
    };
    request.onsuccess = () => {
      request.result.onversionchange = () => request.result.close();
      resolve(request.result);
    };
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("blocked"));
  });
}

/** The result of a request; of one that writes, once it is on disk. @param {IDBRequest} request @param {IDBTransaction | null} transaction @returns {Promise<any>} */
function finished(request, transaction) {
  return new Promise((resolve, reject) => {
    request.onerror = () => reject(request.error);
    if (transaction) {
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error);
    } else {
      request.onsuccess = () => resolve(request.result);
    }
  });
}
