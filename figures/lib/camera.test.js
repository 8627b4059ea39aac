import assert from "node:assert/strict";
import { test } from "node:test";
import { refusal } from "./camera.js";

test("each refusal of a camera has its words, and one that nobody knows its name", () => {
  const told = ["NotAllowedError", "NotFoundError", "NotReadableError", "TypeError", "Strange"].map(refusal);
  assert.equal(new Set(told).size, 5);
  assert.match(told[2], /busy/);
  assert.match(told[4], /Strange/);
});
