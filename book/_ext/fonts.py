"""The fonts of the pages, cut down to the characters that the pages use (fontTools does the cutting).

Whole, the mathematics font is 264 KB and the icons are 270 KB; a chapter needs a hundred glyphs of them.
"""

import re
from pathlib import Path

from fontTools.subset import Options, Subsetter, load_font, save_font

ROOT = Path(__file__).parents[2]
MODULES = ROOT / "node_modules"
MATH_FONT = MODULES / "@fontsource/noto-sans-math/files/noto-sans-math-latin-400-normal.woff2"
MATH_STYLE = MODULES / "temml/dist/Temml-NotoSans.css"
ICONS = "vendor/fontawesome/webfonts"
# A variable of one letter is drawn in mathematical italics: https://www.w3.org/TR/mathml-core/#italic-mappings
ITALIC = {
    **{chr(ord("A") + i): chr(0x1D434 + i) for i in range(26)},
    **{chr(ord("a") + i): chr(0x1D44E + i) for i in range(26)},
    "h": "\u210e",
    **{chr(0x391 + i): chr(0x1D6E2 + i) for i in range(25)},
    **{chr(0x3B1 + i): chr(0x1D6FC + i) for i in range(25)},
    "∂": "\U0001d715",
}


def subset(source, target, text, amend=None):
    """Write the font `source` to `target` with the glyphs that `text` needs."""
    options = Options(flavor="woff2", layout_features=["*"], recalc_timestamp=False)
    font = load_font(str(source), options)
    if amend:
        amend(font)
    cutter = Subsetter(options)
    cutter.populate(text=text)
    cutter.subset(font)
    save_font(font, str(target), options)


def larger_indices(font):
    """The font sets indices at 60 %, which is too small to read on a phone; TeX sets them at 70 %."""
    constants = font["MATH"].table.MathConstants
    constants.ScriptPercentScaleDown, constants.ScriptScriptPercentScaleDown = 72, 60


def math_characters(pages):
    """Return every character inside a formula, and the italic form that browsers draw in its place."""
    inside = (formula for page in pages for formula in re.findall(r"<math.*?</math>", page, re.S))
    upright = set("".join(inside)) | {"√"}  # a root is an element, with no character of its own
    return "".join(sorted(upright | {ITALIC[letter] for letter in upright & ITALIC.keys()}))


def icon_characters(pages, styles):
    """Return the characters of the icons that the pages name, and that a style sheet draws itself."""
    named = {name for page in pages for name in re.findall(r"\bfa-([a-z0-9-]+)", page)}
    rules = [
        rule
        for style in styles
        for rule in re.findall(r'([^{}]*)\{[^{}]*content:\s*"\\(f[0-9a-f]{3})"', style)
    ]
    codes = {
        code
        for selector, code in rules
        if not (names := re.findall(r"\.fa-([a-z0-9-]+)", selector)) or named.intersection(names)
    }
    literal = {icon for style in styles for icon in re.findall("[\ue000-\uf8ff]", style)}
    return "".join(sorted(literal | {chr(int(code, 16)) for code in codes}))


def cut(app, exception):
    """Read the finished pages, and put the small fonts in the place of the large ones."""
    if exception or app.builder.name != "html":
        return
    out = Path(app.outdir)
    static = out / "_static"
    pages = [path.read_text(encoding="utf-8") for path in sorted(out.rglob("*.html"))]
    scripts = [path.read_text(encoding="utf-8") for path in sorted(static.rglob("*theme.js"))]
    styles = [path.read_text(encoding="utf-8") for path in sorted(static.rglob("*.css"))]
    subset(MATH_FONT, static / "math.woff2", math_characters(pages), larger_indices)
    icons = icon_characters(pages + scripts, styles)
    for font in sorted((static / ICONS).glob("*.woff2")):
        subset(font, font, icons)


def math_style(app):
    """Take Temml's own rules for the mathematics, with our small font in the place of the large one."""
    if app.builder.name != "html":
        return
    rules = MATH_STYLE.read_text(encoding="utf-8").replace("NotoSansMath-Regular.ttf", "math.woff2")
    static = Path(app.outdir) / "_static"
    static.mkdir(parents=True, exist_ok=True)
    (static / "temml.css").write_text(rules, encoding="utf-8")
    app.add_css_file("temml.css")


def setup(app):
    app.connect("builder-inited", math_style)
    app.connect("build-finished", cut)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
