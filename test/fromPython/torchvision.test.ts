/** torchvision's own models come in from their source, and answer what they answer in PyTorch. */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { kindling } from "../cli/command.ts";
import { temporaryFolder } from "../harness/temporary.ts";
import { hasTorch, printedByPython } from "../python/python.ts";
import { assertSamePrint } from "./samePrint.ts";
import { translate } from "./translate.ts";
import { typeErrors } from "./typeErrors.ts";

const sources = fileURLToPath(new URL("torchvisionSources.py", import.meta.url));
const names = ["resnet", "resnext", "mobilenetv2", "mobilenetv3", "vgg", "densenet", "googlenet", "efficientnet", "squeezenet", "shufflenet"];

describe("a model of torchvision's, translated from its source", function () {
  this.timeout(120_000);
  let folder: string;

  before(async function () {
    folder = temporaryFolder("torchvision");
    // The sources are torchvision's own, and come with it: without a Python that has it there is nothing to translate.
    if (!(await hasTorch())) this.skip();
    await printedByPython(folder, [sources, folder]);
  });

  for (const name of names) {
    it(`answers what it answers in PyTorch: ${name}`, async () => {
      translate(folder, name, folder);
      const wanted = await printedByPython(folder, [`${name}.py`]);
      const { code, stdout, stderr } = await kindling(["train", "--no-keep", `${name}.model.ts`], { directory: folder });
      assert.equal(code, 0, stderr);
      assertSamePrint(stdout, wanted);
    });
  }

  it("has no error of types in a strict editor", async () => {
    for (const name of names) translate(folder, name, folder);
    assert.deepEqual(await typeErrors(folder), []);
  });
});
