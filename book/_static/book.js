// A formula wider than the screen scrolls sideways; it must then be reachable by keyboard.
const formulas = () => document.querySelectorAll("div.math > math");
const update = () => {
  for (const math of formulas()) {
    if (math.scrollWidth > math.clientWidth + 1) math.setAttribute("tabindex", "0");
    else math.removeAttribute("tabindex");
  }
};
addEventListener("load", update);
addEventListener("resize", update);

// What a closed tab or fold hides has no width: whoever asks for widths asks again when it opens.
const again = () => dispatchEvent(new Event("resize"));
addEventListener("change", again);
addEventListener("toggle", again, true);

// Where several versions of the book stand side by side, a list leads to the same page of each, and an old one says
// so. The list is versions.json at the root of each version (scripts/versions.py). Opened from disk there is one.
const listVersions = async () => {
  const root = new URL(document.documentElement.dataset.content_root, location.href);
  const answer = await fetch(new URL("versions.json", root), { cache: "no-cache" });
  const versions = answer.ok ? await answer.json() : [];
  const list = document.querySelector(".book-versions");
  if (!list || versions.length < 2) return;
  const page = location.href.slice(root.href.length).replace(/[?#].*/s, "") || "index.html";
  const link = (version, text) => {
    const a = document.createElement("a");
    a.href = new URL(version.path + (version.lacks?.includes(page) ? "" : page), root);
    a.textContent = text;
    return a;
  };
  const here = versions.find((version) => version.path === "./");
  list.querySelector("summary").textContent = `Version: ${here.name}`;
  for (const version of versions) {
    const item = document.createElement("li");
    const a = link(version, version.name);
    if (version === here) a.setAttribute("aria-current", "true");
    item.append(a);
    list.querySelector("ul").append(item);
  }
  list.hidden = false;
  if (here === versions[0]) return;
  const note = document.createElement("p");
  note.className = "book-old";
  note.append(`This is version ${here.name}, kept as it was. Read `, link(versions[0], "the newest version"), ".");
  document.querySelector("article").prepend(note);
};
// Without a network the page stands alone.
if (location.protocol !== "file:") listVersions().catch(() => {});
