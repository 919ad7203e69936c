import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { coverage, coverageDocument } from "../../scripts/coverage/coverage.ts";

describe("what of PyTorch is here", () => {
  it("leaves no name of torch.nn, optim, data, autograd or Tensor without an answer: here, or declined with a reason", () => {
    const later = coverage().filter((entry) => entry.standing === "not yet");
    assert.deepEqual(
      later.map(({ space, name }) => `${space}.${name}`),
      [],
    );
  });

  it("is what docs/pytorch-coverage.md says (npm run coverage writes it)", () => {
    const written = readFileSync(new URL("../../docs/pytorch-coverage.md", import.meta.url), "utf8");
    assert.equal(written, coverageDocument(coverage()));
  });
});
