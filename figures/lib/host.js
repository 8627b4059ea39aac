/**
 * `<cv-figure>`: hosts a figure on a page. It loads the module when the reader comes near, keeps the state in the
 * address of the page, and adds the two buttons that every figure has: copy a link to this state, and reset.
 * Without JavaScript, in print and until it is ready, the still inside it is what the reader sees.
 */

/** @typedef {Record<string, any>} State */

/** The model that anywidget would give: values, and who wants to know when they change. */
class LocalModel {
  /** @param {State} state */
  constructor(state) {
    this.state = { ...state };
    /** @type {Map<string, Set<() => void>>} */
    this.listeners = new Map();
    this.saved = () => {};
  }
  /** @param {string} name */
  get(name) {
    return this.state[name];
  }
  /** @param {string} name @param {any} value */
  set(name, value) {
    if (Object.is(this.state[name], value)) return;
    this.state[name] = value;
    this.listeners.get(`change:${name}`)?.forEach((listener) => listener());
  }
  /** @param {string} event @param {() => void} listener */
  on(event, listener) {
    if (!this.listeners.has(event)) this.listeners.set(event, new Set());
    this.listeners.get(event)?.add(listener);
  }
  /** @param {string} event @param {() => void} listener */
  off(event, listener) {
    this.listeners.get(event)?.delete(listener);
  }
  save_changes() {
    this.saved();
  }
}

/** @param {string} id */
function linked(id) {
  const text = new URLSearchParams(location.hash.slice(1)).get(id);
  if (text === null) return {};
  try {
    const state = JSON.parse(text);
    return state && typeof state === "object" && !Array.isArray(state) ? state : {};
  } catch {
    return {};
  }
}

/** @param {State} state @param {State} start */
function changes(state, start) {
  const changed = Object.entries(state).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(start[name]));
  return Object.fromEntries(changed);
}

/**
 * A browser imports no module from disk; for a page that was opened there, `make offline` has put a plain script
 * beside each module (figures/disk.mjs).
 * @param {URL} source
 */
async function load(source) {
  if (source.protocol !== "file:") return import(source.href);
  const stem = source.pathname.replace(/^.*\/|\.mjs$/g, "");
  await new Promise((done, fail) => {
    const script = document.createElement("script");
    script.src = source.href.replace(/\.mjs.*$/, ".js");
    script.addEventListener("load", done);
    script.addEventListener("error", () => fail(new Error(`${script.src} is missing`)));
    document.head.append(script);
  });
  return /** @type {any} */ (window)[`cvFigure_${stem}`];
}

class Figure extends HTMLElement {
  connectedCallback() {
    if (this.watch) return;
    this.watch = new IntersectionObserver(
      (entries) => {
        if (!entries.some((entry) => entry.isIntersecting)) return;
        this.watch?.disconnect();
        this.show().catch((error) => this.fail(error));
      },
      { rootMargin: "300px" },
    );
    this.watch.observe(this);
    // A link to a state leads to the figure, although the hash is no plain anchor.
    if (Object.keys(linked(this.id)).length) this.scrollIntoView();
  }

  async show() {
    const start = performance.now();
    const module = (await load(new URL(this.getAttribute("src") ?? "", document.baseURI))).default;
    this.start = { ...module.defaults, ...JSON.parse(this.getAttribute("state") ?? "{}") };
    const known = Object.entries(linked(this.id)).filter(([name]) => name in module.defaults);
    this.model = new LocalModel({ ...this.start, ...Object.fromEntries(known) });
    this.model.saved = () => this.keep();
    const place = document.createElement("div");
    place.className = "cv-figure-live";
    module.render({ model: this.model, el: place });
    this.still = [...this.childNodes];
    const print = document.createElement("div");
    print.className = "cv-figure-still";
    print.append(...this.still);
    this.replaceChildren(place, this.tools(), print);
    this.dataset.ready = "";
    performance.measure(this.id, { start });
    addEventListener("hashchange", () => this.enter({ ...this.start, ...linked(this.id) }));
  }

  /** @param {unknown} error */
  fail(error) {
    const note = document.createElement("p");
    note.className = "cv-figure-tools";
    note.textContent = "The live figure could not be loaded; this is its picture. Reload the page to try again.";
    this.append(note);
    console.info(error);
  }

  /** @param {State} state */
  enter(state) {
    for (const name of Object.keys(this.start ?? {})) if (name in state) this.model?.set(name, state[name]);
  }

  /** Write what differs from the start into the address, once the reader's hand rests. */
  keep() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => history.replaceState(null, "", this.address()), 300);
  }

  address() {
    const parts = new URLSearchParams(location.hash.includes("=") ? location.hash.slice(1) : "");
    const changed = changes(this.model?.state ?? {}, this.start ?? {});
    if (Object.keys(changed).length) parts.set(this.id, JSON.stringify(changed));
    else parts.delete(this.id);
    const hash = parts.toString();
    return location.pathname + location.search + (hash ? `#${hash}` : "");
  }

  tools() {
    const row = document.createElement("div");
    row.className = "cv-figure-tools";
    const told = document.createElement("span");
    told.setAttribute("role", "status");
    const make = (/** @type {string} */ label, /** @type {() => void} */ act) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = label;
      button.addEventListener("click", act);
      return button;
    };
    const copy = async (/** @type {string} */ text, /** @type {string} */ done) => {
      try {
        await navigator.clipboard.writeText(text);
        told.textContent = done;
      } catch {
        told.textContent = text; // where the browser forbids it, the reader can still take it by hand
      }
    };
    const link = () => new URL(this.address(), location.href);
    row.append(
      make("Copy link to this state", () => copy(link().href, "Link copied.")),
      make("Reset", () => {
        this.enter(this.start ?? {});
        this.keep();
        told.textContent = "Back at the start.";
      }),
      make("Copy embed code", () => {
        const url = link();
        url.search = `?embed=${this.id}`;
        const title = this.getAttribute("label") ?? "Interactive figure";
        copy(`<iframe src="${url.href}" title="${title}" width="100%" height="640"></iframe>`, "Embed code copied.");
      }),
      told,
    );
    return row;
  }
}

/**
 * `?embed=<id>` shows one figure alone: for a teacher's own page. The rest is hidden, not removed: the theme's
 * scripts look for it.
 */
function embed() {
  const id = new URLSearchParams(location.search).get("embed");
  let here = id && document.getElementById(id)?.closest("figure");
  for (; here && here !== document.body; here = here.parentElement) {
    const others = [...(here.parentElement?.children ?? [])].filter((other) => other !== here);
    others.forEach((other) => other.classList.add("cv-elsewhere"));
  }
}

embed();
customElements.define("cv-figure", Figure);
