/** How numbers are written in arithmetic that a reader follows: few digits, a true minus, and rounding owned to. */

const RAISED = /** @type {Record<string, string>} */ ({ "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" });

/** A number with at most four digits that count. @param {number} value @param {number} [digits] */
export function written(value, digits = 4) {
  if (value === 0) return "0";
  if (Math.abs(value) < 1e-3 || Math.abs(value) >= 1e5) {
    const [digits, power] = value.toExponential(1).split("e");
    const raised = [...String(Number(power))].map((sign) => RAISED[sign]).join("");
    return `${Number(digits)}·10${raised}`.replace("-", "−");
  }
  return String(Number(value.toPrecision(digits))).replace("-", "−");
}

/** A factor in a product: a negative one in brackets. @param {number} value */
export function factor(value) {
  return value < 0 && written(value) !== "0" ? `(${written(value)})` : written(value);
}

/** "=", or "≈" where four digits do not tell all. @param {...number} values */
export function equals(...values) {
  return values.every((value) => Number(value.toPrecision(4)) === Number(value.toPrecision(12))) ? "=" : "≈";
}
