/** What the figures look like: the page's own colours, or Jupyter's, or plain ones. */
export const CSS = `
:host { display: block }
* { box-sizing: border-box }
[hidden] { display: none !important }
.all {
  --text: var(--pst-color-text-base, var(--jp-ui-font-color1, #1a1a1a));
  --muted: var(--pst-color-text-muted, var(--jp-ui-font-color2, #555));
  --page: var(--pst-color-background, var(--jp-layout-color0, #fff));
  --soft: var(--pst-color-surface, var(--jp-layout-color2, #f2f2f2));
  --line: var(--pst-color-border, var(--jp-border-color1, #c8c8c8));
  --strong: var(--pst-color-primary, #0a6b87);
  --focus: var(--pst-color-accent, #8045e5);
  /* Signs: blue is below zero, orange above (with their sign or a pattern beside them, never alone). */
  --below: #0072b2; --above: #b84e00; --mark: #009e73;
  color: var(--text); font: 1rem/1.45 system-ui, sans-serif; text-align: start; max-width: 100%;
}
.dark { --below: #5cb8ef; --above: #ff9d4d; --mark: #35c89b }
.figure { display: grid; gap: .75rem; grid-template-columns: minmax(0, 1fr) }
.row { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: center }
.stack { display: grid; gap: .5rem; align-content: start }
.panel { min-width: 0 }
label, .label { display: inline-flex; gap: .4rem; align-items: center; font-size: .9rem }
fieldset { border: 1px solid var(--line); border-radius: 6px; margin: 0; padding: .4rem .7rem .6rem; min-width: 0 }
legend { font-size: .9rem; font-weight: 600; padding: 0 .3rem }
button, select, input[type="number"], input[type="text"] {
  min-height: 2.25rem; min-width: 2.25rem; padding: .2rem .6rem; font: inherit; font-size: .9rem; color: var(--text);
  background: var(--page); border: 1px solid var(--muted); border-radius: 6px;
}
button { cursor: pointer }
button:hover { background: var(--soft) }
button[aria-pressed="true"], button[aria-checked="true"] { background: var(--strong); color: var(--page); border-color: var(--strong) }
button:disabled { opacity: .5; cursor: default }
input[type="number"] { width: 5rem }
input[type="range"] { accent-color: var(--strong); width: 9rem; height: 2rem; max-width: 100% }
input[type="checkbox"], input[type="radio"] { width: 1.15rem; height: 1.15rem; accent-color: var(--strong) }
output, .number, td { font-variant-numeric: tabular-nums }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px }
svg, canvas, img, video { max-width: 100%; display: block }
svg text { fill: var(--text); font: 14px system-ui, sans-serif }
canvas.pixels { image-rendering: pixelated }
.says { margin: 0; padding: .5rem .75rem; border-inline-start: 4px solid var(--strong); background: var(--soft); overflow-wrap: anywhere }
.wrong { margin: .5rem 0 0; padding: .5rem .75rem; border-inline-start: 4px solid #d13438; background: var(--soft); font-size: .95rem }
.wrong::before { content: "⚠ " }
.spoken { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); margin: 0 }
.scroll { overflow-x: auto; max-width: 100% }
p { margin: 0 }
table { border-collapse: collapse }
`;
