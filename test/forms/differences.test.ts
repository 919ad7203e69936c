import assert from "node:assert/strict";
import { differences } from "./differences.ts";

/** Where the forms aren't PyTorch's to the letter, and why. */
const meant: Readonly<Record<string, readonly string[]>> = {
  "a list that may be given one by one may not be left out altogether: say []": [
    "Tensor.broadcastTo",
    "Tensor.expand",
    "Tensor.flip",
    "Tensor.newEmpty",
    "Tensor.newOnes",
    "Tensor.newZeros",
    "Tensor.permute",
    "Tensor.repeat",
    "Tensor.reshape",
    "Tensor.sumToSize",
    "Tensor.tile",
    "Tensor.view",
    "Tensor.dsplit",
    "Tensor.hsplit",
    "Tensor.vsplit",
    "torch.atleast1d",
    "torch.atleast2d",
    "torch.atleast3d",
    "torch.blockDiag",
    "torch.broadcastTensors",
    "torch.cartesianProd",
    "torch.empty",
    "torch.meshgrid",
    "torch.ones",
    "torch.rand",
    "torch.randn",
    "torch.zeros",
    "nn.Module.to",
  ],
  "the values are copied, at any rate": ["Tensor.toTypedArray"],
  "made by functions, not by its constructor": ["torch.Tensor"],
  "told from a value's class by TypeScript, so that it is declared by hand": ["autograd.Function.apply", "torch.isTensor"],
  "checks of derivatives that are not there": ["autograd.gradcheck"],
  "a reserved word in JavaScript": ["nn.GaussianNLLLoss.forward", "nn.ParameterDict.get"],
  "takes anything": ["nn.Identity", "nn.Module.forward"],
  "hooks get no arguments by name": ["nn.Module.registerForwardHook", "nn.Module.registerForwardPreHook"],
  "there are no empty parameters": ["nn.Parameter", "nn.UninitializedBuffer", "nn.UninitializedParameter"],
  "a block of code is a function here": ["nn.utils.parametrize.cached"],
  "what the method takes has a name of its own": ["nn.utils.prune.globalUnstructured"],
  "made by packSequence, not by its constructor": ["nn.utils.rnn.PackedSequence"],
};

describe("the forms of what is public", () => {
  it("are PyTorch's, name for name and place for place, but for those that are meant otherwise", () => {
    const known = new Set(Object.values(meant).flat());
    const found = differences();
    assert.deepEqual(
      found.filter(({ name }) => !known.has(name)).map(({ name, what }) => `${name} ${what}`),
      [],
    );
  });

  it("have no exception that is none any more", () => {
    const found = new Set(differences().map(({ name }) => name));
    assert.deepEqual(
      Object.values(meant)
        .flat()
        .filter((name) => !found.has(name)),
      [],
    );
  });
});
