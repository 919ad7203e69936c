/** The project that a program becomes: what goes where. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { fromPython } from "../../src/fromPython/index.ts";
import { pythonProject } from "../../src/toPython/index.ts";
import { builtRunner } from "../runner/built.ts";

const layers = `import { nn, type Tensor } from "kindling";
export class Scale extends nn.Module {
  constructor(readonly by: number) {
    super();
  }
  override forward(x: Tensor): Tensor {
    return x.mul(this.by);
  }
}
`;
const net = `import { data, manualSeed, nn, type Tensor } from "kindling";
import { Scale } from "./layers.ts";

manualSeed(0);
const width = 4;
const table = data.readCsv(new URL("./points.csv", import.meta.url));
const classes = table.columns.length;

/** Knows a constant. */
class Net extends nn.Module {
  fc = new nn.Linear(width, width);
  scale = new Scale(2);
  override forward(x: Tensor): Tensor {
    return this.scale(this.fc(x));
  }
}

/** Knows what the data says. */
class Head extends nn.Module {
  fc = new nn.Linear(width, classes);
}

const model = new Net();
console.log(new Head().fc.outFeatures, model.fc.inFeatures);
`;

const files: Readonly<Record<string, string>> = { "/models/net.model.ts": net, "/models/layers.ts": layers };
const project = pythonProject(net, "/models/net.model.ts", (path) => files[path]);
const textOf = (path: string): string => project.files.find((file) => file.path === path)?.text ?? "";

describe("the project that a program becomes", () => {
  it("has the classes and their constants in model.py, and in train.py what the program works out and what depends on it", () => {
    assert.deepEqual(
      project.files.map(({ path }) => path),
      ["model.py", "train.py", "layers.py", "requirements.txt", "README.md"],
    );
    assert.match(textOf("model.py"), /from layers import Scale\n\n+width = 4\n\n\nclass Net/);
    assert.doesNotMatch(textOf("model.py"), /read_csv|class Head/);
    assert.match(textOf("train.py"), /from model import Net, width/);
    assert.match(textOf("train.py"), /class Head/);
    assert.doesNotMatch(textOf("train.py"), /class Net|Knows a constant/);
  });

  it("takes along what the program reads beside itself, and has no problem", () => {
    assert.deepEqual([project.data, project.problems], [["points.csv"], []]);
  });
});

describe("the model of a project", () => {
  const textsOf = (source: string): (string | undefined)[] => {
    const { files } = pythonProject(source, "/models/net.model.ts", () => undefined);
    return ["model.py", "train.py"].map((name) => files.find(({ path }) => path === name)?.text);
  };
  const head = 'import { nn } from "kindling";\n';

  it("leaves what the program fills with the program, and what is worked out of it", () => {
    const [model = "", train = ""] = textsOf(
      `${head}const words: string[] = [];\nconst count = words.length;\nfor (const word of "a b".split(" ")) words.push(word);\nclass Net extends nn.Module {\n  fc = new nn.Linear(2, words.length);\n}\nclass Small extends nn.Module {\n  fc = new nn.Linear(2, 2);\n}\nconsole.log(count, new Net(), new Small());\n`,
    );
    assert.doesNotMatch(model, /words|class Net/);
    assert.match(train, /words = \[\]\ncount = len\(words\)/);
    assert.match(train, /from model import Small$/m);
  });

  it("has Python's own functions without importing them", () => {
    const { code } = fromPython(
      "import torch\nclass Net(torch.nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.fc = torch.nn.Linear(2, 2)\n    def forward(self, x):\n        for i, part in enumerate(zip(x, x)):\n            print(i, repr([1.0]))\n        return self.fc(x)\nfor i, one in enumerate([Net()], 1):\n    print(i, repr(one))\n",
    );
    const [, train = ""] = textsOf(code);
    assert.match(train, /^from model import Net$/m);
  });
});

describe("kindling to-python", function () {
  this.timeout(60_000);
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "kindling-to-python-"));
    writeFileSync(join(folder, "net.model.ts"), net);
    writeFileSync(join(folder, "layers.ts"), layers);
    writeFileSync(join(folder, "points.csv"), "a,b\n1,2\n");
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  async function command(...args: string[]): Promise<{ status: number | null; stdout: string; stderr: string }> {
    const cli = fileURLToPath(new URL("cli/main.js", await builtRunner()));
    return spawnSync(process.execPath, [cli, "to-python", ...args], { cwd: folder, encoding: "utf8" });
  }

  it("prints the file's Python", async () => {
    const { status, stdout } = await command("net.model.ts");
    assert.equal(status, 0);
    assert.match(stdout, /class Net\(nn\.Module\):/);
  });

  it("writes the project into a folder, with the data", async () => {
    const { status } = await command("net.model.ts", "-o", "out");
    assert.equal(status, 0);
    assert.deepEqual(readdirSync(join(folder, "out")).sort(), [
      "README.md",
      "layers.py",
      "model.py",
      "points.csv",
      "requirements.txt",
      "train.py",
      "weights.pt",
    ]);
    assert.equal(readFileSync(join(folder, "out", "points.csv"), "utf8"), "a,b\n1,2\n");
  });

  it("says what has no twin with its line, and ends with 1", async () => {
    writeFileSync(join(folder, "odd.model.ts"), 'import { memoryReport } from "kindling";\nconsole.log(memoryReport());\n');
    const { status, stderr } = await command("odd.model.ts");
    assert.equal(status, 1);
    assert.match(stderr, /`memoryReport` has no twin in PyTorch[\s\S]*odd\.model\.ts:2:/);
  });
});
