/** A value that a figure refuses, as its words repeat it: short, whatever a link has brought. @param {unknown} value */
export function quoted(value) {
  return value === null || value === undefined ? "nothing" : JSON.stringify(value).slice(0, 40);
}
