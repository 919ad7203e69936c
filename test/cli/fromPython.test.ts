import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Folder } from "../runner/job.ts";
import { kindling } from "./command.ts";

describe("kindling from-python", function () {
  this.timeout(30_000);
  let folder: Folder;
  beforeEach(() => (folder = new Folder()));
  afterEach(() => folder.remove());

  const translate = (...args: string[]) => kindling(["from-python", ...args], { directory: folder.path });

  it("prints the program, and 0 is its exit code", async () => {
    folder.write("net.py", "import torch\nprint(torch.ones(2))\n");
    const { code, stdout, stderr } = await translate("net.py");
    assert.deepEqual([code, stdout, stderr], [0, 'import { ones } from "kindling";\n\nconsole.log(String(ones(2)));\n', ""]);
  });

  it("writes it with -o, and names the file that it imports and that isn't there yet", async () => {
    folder.write("layers.py", "width = 3\n");
    folder.write("net.py", "from layers import width\nprint(width)\n");
    const { code, stdout, stderr } = await translate("net.py", "-o", "net.model.ts");
    assert.deepEqual([code, stdout], [0, ""]);
    assert.match(stderr, /imports layers\.ts: kindling from-python layers\.py -o layers\.ts/);
    assert.equal(readFileSync(join(folder.path, "net.model.ts"), "utf8"), 'import { width } from "./layers.ts";\n\nconsole.log(width);\n');
  });

  it("says what has no twin with its line, prints the rest, and ends with 1", async () => {
    folder.write("net.py", "import matplotlib.pyplot as plt\nplt.show()\nprint(1)\n");
    const { code, stdout, stderr } = await translate("net.py");
    assert.equal(code, 1);
    assert.match(stdout, /console\.log\(1\);/);
    assert.equal(stderr, "net.py:2: `matplotlib.pyplot.show` has no twin here\n");
  });

  it("says what is wrong with the command line", async () => {
    assert.match((await translate()).stderr, /which file\?/);
    assert.match((await translate("none.py")).stderr, /there is no file none\.py/);
  });
});
