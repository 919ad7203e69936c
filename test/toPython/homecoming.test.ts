/** A PyTorch program that came in goes back to PyTorch: it prints there what it printed first. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fromPython } from "../../src/fromPython/index.ts";
import { toPython } from "../../src/toPython/index.ts";
import { assertSamePrint } from "../fromPython/samePrint.ts";
import { programs } from "../fromPython/translate.ts";
import { hasTorch, printedByPython } from "../python/python.ts";

/** Each with much that Python has of its own: enumerations, heaps, counters, texts, its random numbers, NumPy. */
const names = ["byol", "nerf", "neural_ode", "prioritized_dqn", "rbm", "word2vec", "kfold", "maml", "simclr", "wgan_gp"];

const back = (python: string): string => {
  const { code, problems } = toPython(fromPython(python).code, "/program.model.ts");
  assert.deepEqual(problems, []);
  return code;
};

describe("a PyTorch program that came in and goes back", function () {
  this.timeout(120_000);
  for (const name of names) {
    it(`prints in PyTorch what it printed there: ${name}`, async function () {
      const code = back(readFileSync(join(programs, `${name}.py`), "utf8"));
      if (!(await hasTorch())) return this.skip();
      const folder = mkdtempSync(join(tmpdir(), "kindling-homecoming-"));
      try {
        writeFileSync(join(folder, "train.py"), code);
        assertSamePrint(await printedByPython(folder, ["train.py"]), readFileSync(join(programs, `${name}.txt`), "utf8"));
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });
  }
});

describe("Python's own in a program that came in", () => {
  const lines = (python: string): string => back(python).trim();

  it("is Python's own again: zip, sorted, random, deque", () => {
    const code = lines(
      'import random\nfrom collections import deque\nlast = deque(maxlen=3)\nfor a, b in zip([1, 2], "xy"):\n    last.append(a)\nprint(sorted(last, key=lambda x: -x), random.random())',
    );
    assert.match(code, /collections\.deque\(\[\], maxlen=3\)/);
    assert.match(code, /in zip\(\[1, 2\], "xy"\):/);
    assert.match(code, /sorted\(last, key=lambda x: -x\)/);
    assert.match(code, /random\.random\(\)/);
    assert.doesNotMatch(code, /def |class /);
  });

  it("an enumeration stays one", () => {
    const code = lines("from enum import IntEnum\nclass Side(IntEnum):\n    LEFT = 0\n    RIGHT = 1\nprint(Side(1).name, Side.LEFT == 0)");
    assert.match(code, /class Side\(enum\.IntEnum\):\n {4}LEFT = 0\n {4}RIGHT = 1/);
  });

  it("a function of the program's own with such a name stays as it is", () => {
    const code = toPython("function mean(values: number[]): number {\n  return values.length;\n}\nconsole.log(mean([1, 2]));", "/program.model.ts").code;
    assert.match(code, /def mean\(values\):\n {4}return len\(values\)/);
  });
});

describe("TypeScript that goes to Python", () => {
  const python = (source: string): string => toPython(source, "/program.model.ts").code;

  it("setAt writes into the tensor's places", () => {
    assert.match(python('import { zeros } from "kindling";\nconst x = zeros(3, 4);\nx.setAt([null, [1, 3]], 2);'), /^x\[:, 1:3\] = 2$/m);
  });

  it("an argument that isn't given keeps its default; those behind it are given by name", () => {
    assert.match(python("function f(a = 1, b = 2) {\n  return a + b;\n}\nconsole.log(f(undefined, 5));"), /f\(b=5\)/);
  });
});
