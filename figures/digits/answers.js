/** The ten probabilities, as bars over their digits. */
import { h } from "../lib/dom.js";
import { answer } from "./digits.js";

/** As it is written: 97 %, and never 100 where it is not. @param {number} share */
export function percent(share) {
  if (share >= 0.9995 && share < 1) return "> 99.9\u00a0%";
  if (share > 0.995 && share < 1) return `${(100 * share).toFixed(1)}\u00a0%`;
  return share > 0 && share < 0.005 ? "< 1\u00a0%" : `${Math.round(100 * share)}\u00a0%`;
}

/** @param {Float32Array} probabilities */
export function inWords(probabilities) {
  const said = answer(probabilities);
  const [first, second] = [...probabilities].map((share, digit) => ({ share, digit })).sort((a, b) => b.share - a.share);
  const next = second.share >= 0.005 ? `, then ${second.digit} with ${percent(second.share)}` : "";
  return `${said} with ${percent(first.share)}${next}`.replace("> ", "over ");
}

/**
 * @param {import("../lib/figure.js").Stage} stage
 * @param {() => Float32Array | null} probabilities null: nothing is asked; an effect follows it
 */
export function answerBars(stage, probabilities) {
  const columns = Array.from({ length: 10 }, (_, digit) => {
    const bar = h("span", { class: "bar" });
    return { bar, element: h("span", { class: "column" }, h("span", { class: "room" }, bar), h("span", { class: "digit" }, digit)) };
  });
  const said = h("strong", { class: "said" });
  const share = h("span", { class: "share" });
  const chart = h("div", { class: "bars", role: "img" }, ...columns.map(({ element }) => element));
  stage.follow(() => {
    const now = probabilities();
    const best = now ? answer(now) : -1;
    said.textContent = now ? String(best) : "–";
    share.textContent = now ? percent(now[best]) : "";
    chart.setAttribute("aria-label", now ? `The answer: ${inWords(now)}.` : "No answer yet.");
    columns.forEach(({ bar, element }, digit) => {
      bar.style.height = `${100 * (now?.[digit] ?? 0)}%`;
      element.classList.toggle("best", digit === best);
    });
  });
  return h("div", { class: "answers" }, h("p", { class: "answer" }, said, share), chart);
}

export const ANSWERS_STYLE = `
.answers { display: grid; grid-template-columns: 4.2rem minmax(0, 1fr); gap: .5rem; align-items: end }
.answer { display: grid; justify-items: center; line-height: 1.1 }
.said { font-size: 2.6rem }
.share { font-size: .85rem; white-space: nowrap; font-variant-numeric: tabular-nums }
.bars { display: grid; grid-template-columns: repeat(10, minmax(0, 1fr)); gap: 3px; max-width: 22rem }
.column { display: grid; justify-items: center; font-size: .9rem }
.room { display: grid; align-items: end; width: 100%; height: 64px; border-bottom: 1px solid var(--muted) }
.bar { background: var(--muted); opacity: .6; border-radius: 2px 2px 0 0; min-height: 0 }
.best .bar { background: var(--strong); opacity: 1 }
.best .digit { font-weight: 700; color: var(--strong) }
`;
