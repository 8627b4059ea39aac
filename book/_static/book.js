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
