/** Networks to begin with, and how Python writes a network. */

/** @typedef {import("./conv_shape.js").Layer} Layer */

const conv = (/** @type {number} */ K, /** @type {number} */ F, { S = 1, P = 0 } = {}) =>
  /** @type {Layer} */ ({ layer: "CONV", K, F, S, P });
const pool = (F = 2, S = F) => /** @type {Layer} */ ({ layer: "POOL", F, S });
const fc = (/** @type {number} */ n) => /** @type {Layer} */ ({ layer: "FC", n });
const relu = /** @type {Layer} */ ({ layer: "RELU" });
const flatten = /** @type {Layer} */ ({ layer: "FLATTEN" });
const repeat = (/** @type {number} */ times, /** @type {Layer} */ layer) => Array(times).fill(layer);

const alexnet = [
  conv(96, 11, { S: 4 }), pool(3, 2), conv(256, 5, { P: 2 }), pool(3, 2), conv(384, 3, { P: 1 }), conv(384, 3, { P: 1 }),
  conv(256, 3, { P: 1 }), pool(3, 2), flatten, fc(4096), fc(4096), fc(1000),
]; // prettier-ignore
const vggBlock = (/** @type {number} */ K, /** @type {number} */ times) => [...repeat(times, conv(K, 3, { P: 1 })), pool()];
const workshopBlock = (/** @type {number} */ K) => [conv(K, 3, { P: 1 }), relu, conv(K, 3, { P: 1 }), relu, pool()];

/** @type {Record<string, { called: string, input: number[], layers: Layer[], fails?: boolean }>} */
export const PRESETS = {
  slide53: {
    called: "Slide 53, on digits",
    input: [28, 28, 1],
    layers: [conv(8, 5), relu, pool(), conv(16, 5), relu, pool(), flatten, fc(10)],
  },
  digits: {
    called: "This book's CNN for digits",
    input: [28, 28, 1],
    layers: [
      conv(12, 5), relu, pool(), conv(32, 3, { P: 1 }), relu, pool(), conv(48, 3, { P: 1 }), relu, pool(), flatten, fc(10),
    ], // prettier-ignore
  },
  workshop: {
    called: "The workshop's CNN, on CIFAR-10",
    input: [32, 32, 3],
    layers: [...workshopBlock(32), ...workshopBlock(64), ...workshopBlock(64), flatten, fc(512), relu, fc(10)],
  },
  lenet: {
    called: "LeNet-5 (1998)",
    input: [32, 32, 1],
    layers: [conv(6, 5), pool(), conv(16, 5), pool(), flatten, fc(120), fc(84), fc(10)],
  },
  alexnet: { called: "AlexNet (2012), on 227 × 227", input: [227, 227, 3], layers: alexnet },
  alexnet224: { called: "AlexNet as its paper says: 224 × 224", input: [224, 224, 3], layers: alexnet, fails: true },
  vgg: {
    called: "VGG-16 (2014)",
    input: [224, 224, 3],
    layers: [
      ...vggBlock(64, 2), ...vggBlock(128, 2), ...vggBlock(256, 3), ...vggBlock(512, 3), ...vggBlock(512, 3),
      flatten, fc(4096), fc(4096), fc(1000),
    ], // prettier-ignore
  },
};

/** The same network for cvlessons.conv_shape.cnn_table. */
export function pythonCall(/** @type {number[]} */ input, /** @type {Layer[]} */ layers, /** @type {boolean} */ floor) {
  const lines = layers.map((layer) => `    ${pythonLayer(layer, floor)},\n`);
  return `cnn_table((${input.join(", ")}), [\n${lines.join("")}])`;
}

function pythonLayer(/** @type {Layer} */ layer, /** @type {boolean} */ floor) {
  const down = floor ? ", floor=True" : "";
  if (layer.layer === "CONV") {
    const stride = layer.S === 1 ? "" : `, stride=${layer.S}`;
    const padding = layer.P === 0 ? "" : `, padding=${layer.P}`;
    return `Conv(${layer.K}, ${layer.F}${stride}${padding}${down})`;
  }
  if (layer.layer === "POOL") return `Pool(${layer.F}${layer.S === layer.F ? "" : `, stride=${layer.S}`}${down})`;
  return { RELU: "ReLU()", FLATTEN: "Flatten()", FC: `Dense(${layer.layer === "FC" ? layer.n : 0})` }[layer.layer];
}
