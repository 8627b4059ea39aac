/** The book's own weights, inside the bundle; read once, and only if their checksums are right. */
import npz from "../../src/cvlessons/data/weights/digits.npz";
import { digitNetwork } from "./digits.js";

/** @type {{ network: import("./digits.js").Layer[] | null, fault: string } | null} */
let loaded = null;

/** The network, or in words why there is none. */
export function loadNetwork() {
  try {
    loaded ??= { network: digitNetwork(npz), fault: "" };
  } catch (error) {
    loaded = { network: null, fault: `${/** @type {Error} */ (error).message} Load the page again.` };
  }
  return loaded;
}
