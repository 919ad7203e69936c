/** Kinds of TypeScript, each in a few words, and what Python makes of them. */
import assert from "node:assert/strict";
import { attributes, signatures } from "../forms/signatures.ts";
import { camel } from "../parity/calls.ts";
import { snake } from "../../src/toPython/python.ts";
import { toPython } from "../../src/toPython/index.ts";

/** What stands below the imports. */
function python(source: string): string {
  const { code, problems } = toPython(source, "/folder/net.model.ts");
  assert.deepEqual(
    problems.map(({ message }) => message),
    [],
  );
  return code.replace(/^((import|from) .*\n|\n)+/, "").trimEnd();
}

function assertPython(source: string, expected: string): void {
  assert.equal(python(source), expected);
}

const from = (names: string): string => `import { ${names} } from "kindling";\n`;

describe("Python of single statements", () => {
  const pairs: Readonly<Record<string, readonly [string, string]>> = {
    "numbers with decimals": [
      "const x = 0.5;\nconsole.log(`${x.toFixed(2)} ${(3 * x).toFixed(1).padStart(8)}|${String(7).padStart(3)}|`);",
      'x = 0.5\nprint(f"{x:.2f} {3 * x:>8.1f}|{7:>3}|")',
    ],
    "braces and quotes inside of text": [
      "const n = 1;\nconsole.log(`{${n}} \"${['a'].join(', ')}\"`);",
      "n = 1\nprint(f\"{{{n}}} \\\"{', '.join(['a'])}\\\"\")",
    ],
    "thousands": ["const n = 12345;\nconsole.log(n.toLocaleString());", 'n = 12345\nprint(f"{n:,}")'],
    "a loop that counts": ["for (let i = 2; i <= 10; i += 4) console.log(i);", "for i in range(2, 11, 4):\n    print(i)"],
    "a loop that counts down": ["for (let i = 3; i >= 0; i--) console.log(i);", "for i in range(3, -1, -1):\n    print(i)"],
    "a jump to a loop further out": [
      "outer: for (const a of [1, 2]) {\n  for (const b of [3, 4]) {\n    if (b > a) continue outer;\n    if (b < a) break outer;\n    if (b === 9) break;\n  }\n}",
      "for a in [1, 2]:\n    continue_outer = False\n    break_outer = False\n    for b in [3, 4]:\n        if b > a:\n            continue_outer = True\n            break\n        if b < a:\n            break_outer = True\n            break\n        if b == 9:\n            break\n    if continue_outer:\n        continue\n    if break_outer:\n        break",
    ],
    "a label of the innermost loop": ["one: for (const a of [1, 2]) {\n  if (a > 1) break one;\n}", "for a in [1, 2]:\n    if a > 1:\n        break"],
    "a field that may be missing": [
      "interface Options { clip?: { norm: number }; lr: number }\nconst options: Options = { lr: 1 };\nconst clip = options.clip;\nconsole.log(options.clip?.norm ?? 0, clip === undefined, options.lr);\noptions.clip = { norm: 2 };\nconsole.log(options.clip.norm);",
      'options = {"lr": 1}\nclip = options.get("clip")\nprint(value2 if (value2 := value.get("norm") if (value := options.get("clip")) is not None else None) is not None else 0, str(clip is None).lower(), options["lr"])\noptions["clip"] = {"norm": 2}\nprint(options["clip"]["norm"])',
    ],
    "functions in a table, with as many parameters as they are called with": [
      "const rates: ((epoch: number, last: number) => number)[] = [() => 1, (e) => e, (e, l) => e * l];\nfor (const rate of rates) console.log(rate(2, 3));",
      "rates = [(lambda _1, _2: 1), (lambda e, _1: e), (lambda e, l: e * l)]\nfor rate in rates:\n    print(rate(2, 3))",
    ],
    "a callback that takes an object apart": [
      "const listeners: ((epoch: number, metrics: { loss: number }) => void)[] = [];\nlisteners.push((epoch, { loss }) => {\n  console.log(epoch, loss);\n});\nfor (const each of listeners) each(1, { loss: 2 });",
      'listeners = []\ndef function(epoch, options):\n    loss = options["loss"]\n    print(epoch, loss)\n\n\nlisteners.append(function)\nfor each in listeners:\n    each(1, {"loss": 2})',
    ],
    "a getter of a class itself": [
      "class Run {\n  static made = 0;\n  static get count() {\n    return Run.made;\n  }\n}\nconsole.log(Run.count);",
      "class Run:\n    made = 0\n\n    @staticmethod\n    def count():\n        return Run.made\n\n\nprint(Run.count())",
    ],
    "a fold that counts": [
      "const xs = [1, 2];\nconsole.log(xs.reduce((sum, x, i) => sum + x * i, 0));",
      "xs = [1, 2]\nprint(functools.reduce(lambda total, item: (lambda sum_, x, i: sum_ + x * i)(total, item[1], item[0]), enumerate(xs), 0))",
    ],
    "a dictionary's first key": [
      'const ages = new Map([["a", 1]]);\nconsole.log(ages.keys().next().value);',
      'ages = {"a": 1}\nprint(next(iter(ages.keys())))',
    ],
    "a loop whose counter is changed inside": [
      "for (let i = 0; i < 9; i++) {\n  if (i === 3) i += 2;\n  else continue;\n}",
      "i = 0\nwhile i < 9:\n    if i == 3:\n        i += 2\n    else:\n        i += 1\n        continue\n    i += 1",
    ],
    "comprehensions": [
      "const xs = [1, 2, 3];\nconst ys = xs.filter((x) => x > 1).map((x, i) => x * i);",
      "xs = [1, 2, 3]\nys = [x * i for i, x in enumerate([x for x in xs if x > 1])]",
    ],
    "sums": ["const xs = [1, 2];\nconst total = xs.reduce((sum, x) => sum + x, 0);", "xs = [1, 2]\ntotal = sum(xs)"],
    "a list of a length": [
      "const row = new Array(3).fill(0);\nconst squares = Array.from({ length: 4 }, (_, i) => i ** 2);",
      "row = [0] * 3\nsquares = [i ** 2 for i in range(4)]",
    ],
    "sorting by what": ["const rows = [{ a: 2 }];\nrows.sort((x, y) => y.a - x.a);", 'rows = [{"a": 2}]\nrows.sort(key=lambda y: y["a"], reverse=True)'],
    "maps": [
      "const counts = new Map<string, number>();\ncounts.set('a', (counts.get('a') ?? 0) + 1);\nif (counts.has('a')) counts.delete('a');",
      'counts = {}\ncounts["a"] = counts.get("a", 0) + 1\nif "a" in counts:\n    counts.pop("a", None)',
    ],
    "a set whose order matters": [
      "const seen = new Set([3, 1]);\nseen.add(2);\nconsole.log([...seen].length);",
      "seen = dict.fromkeys([3, 1])\nseen[2] = None\nprint(len(list(seen)))",
    ],
    "variables of a function around": [
      "let count = 0;\nfunction step(): void {\n  count += 1;\n}",
      "count = 0\n\n\ndef step():\n    global count\n    count += 1",
    ],
    "an inner name that an outer one has, too": [
      "const x = 1;\nfor (const x of [2]) console.log(x);\nconsole.log(x);",
      "x = 1\nfor x2 in [2]:\n    print(x2)\nprint(x)",
    ],
    "a function made at each turn of a loop": [
      "const all: (() => number)[] = [];\nfor (const i of [1, 2]) all.push(() => i);",
      "all_ = []\nfor i in [1, 2]:\n    all_.append(lambda *, i=i: i)",
    ],
    "Python's own words as names": ["const lambda = 1;\nconst print = lambda;", "lambda_ = 1\nprint_ = lambda_"],
    "a swap": ["let [a, b] = [1, 2];\n[a, b] = [b, a];", "a, b = 1, 2\na, b = b, a"],
    "absence": [
      "const o: { a?: number } | null = null;\nconst v = o?.a ?? 3;",
      'o = None\nv = value if (value := o.get("a") if o is not None else None) is not None else 3',
    ],
    "do … while": ["let n = 0;\ndo n++;\nwhile (n < 3);", "n = 0\nwhile True:\n    n += 1\n    if not n < 3:\n        break"],
    "a function that may be missing": [
      "function f(tell?: (n: number) => void): void {\n  tell?.(1);\n}",
      "def f(tell=None):\n    if tell is not None:\n        tell(1)",
    ],
    "failures": [
      "try {\n  throw new Error('no');\n} catch (error) {\n  console.log((error as Error).message);\n}",
      'try:\n    raise RuntimeError("no")\nexcept Exception as error:\n    print(str(error))',
    ],
    "comments": ["// before\nconst a = 1; // behind\n/* a block */\nconst b = 2;", "# before\na = 1  # behind\n# a block\nb = 2"],
    "halves that have to be whole": [
      "const d = 8;\nconst half = d / 2;\nconst xs = Array.from({ length: half }, () => 0);\nconst mean = d / 3;",
      "d = 8\nhalf = d // 2\nxs = [0 for _ in range(half)]\nmean = d / 3",
    ],
    "32 bits": [
      "let s = 5;\ns = (s ^ (s << 13)) >>> 0;",
      'def int32(x):\n    """The number as a signed integer of 32 bits."""\n    return int(x) - (int(x) + 2147483648) // 4294967296 * 4294967296\n\n\ndef uint32(x):\n    """The number as an unsigned integer of 32 bits."""\n    return int(x) - int(x) // 4294967296 * 4294967296\n\n\ns = 5\ns = uint32(int32(s) ^ int32(int32(s) << (13 & 31)))',
    ],
    "an array that a callback asks for": [
      "console.log([1, 2].map((x, i, all) => x / all.length));",
      "values = [1, 2]\nprint([x / len(values) for i, x in enumerate(values)])",
    ],
    "operators": [
      `${from("ones, sub")}const x = ones(2);\nconst y = x.add(1).mul(x.neg()).pow(2).sub(sub(1, x));\nconst z = x.gt(0).logicalAnd(x.at(0, null, [1, -1], "...").eq(1));`,
      "x = torch.ones(2)\ny = ((x + 1) * -x) ** 2 - (1 - x)\nz = (x > 0).logical_and(x[0, :, 1:-1, ...] == 1)",
    ],
    "whole numbers that are float32": [
      `${from("tensor")}const x = tensor([1, 2]);\nconst y = tensor([1, 2], { dtype: "int32" });\nconst z = tensor([1.5, 2]);`,
      "x = torch.tensor([1, 2], dtype=torch.float32)\ny = torch.tensor([1, 2], dtype=torch.int64)\nz = torch.tensor([1.5, 2])",
    ],
    "options": [
      `${from("nn, optim")}const net = new nn.Conv2d(1, 8, { kernelSize: [3, 3], padding: 1 });\nconst o = new optim.Adam(net.parameters(), { lr: 1e-3, betas: [0.5, 0.9] });\nnew optim.lrScheduler.CosineAnnealingLR(o, { tMax: 5 });`,
      "net = nn.Conv2d(1, 8, kernel_size=(3, 3), padding=1)\no = optim.Adam(net.parameters(), lr=1e-3, betas=(0.5, 0.9))\noptim.lr_scheduler.CosineAnnealingLR(o, T_max=5)",
    ],
    "what is gone through twice": [
      `${from("nn")}const net = new nn.Linear(1, 1);\nconst all = net.parameters();\nfor (const p of net.parameters()) console.log(p.shape.length);`,
      "net = nn.Linear(1, 1)\nall_ = list(net.parameters())\nfor p in net.parameters():\n    print(len(p.shape))",
    ],
    "without gradients": [
      `${from("noGrad, ones")}const y = noGrad(() => ones(2).sum().item());\nfunction f(): number {\n  return noGrad(() => {\n    const z = ones(1);\n    return z.item();\n  });\n}`,
      "with torch.no_grad():\n    y = torch.ones(2).sum().item()\n\n\ndef f():\n    with torch.no_grad():\n        z = torch.ones(1)\n        return z.item()",
    ],
    "a tensor that may be missing": [
      `${from("ones, type Tensor")}function f(mask?: Tensor): number {\n  if (!mask) return 0;\n  return mask ? 1 : 2;\n}\nf(ones(2));`,
      "def f(mask=None):\n    if mask is None:\n        return 0\n    return 1 if mask is not None else 2\n\n\nf(torch.ones(2))",
    ],
  };
  for (const [name, [source, expected]] of Object.entries(pairs)) it(name, () => assertPython(source, expected));

  it("classes: fields, getters, private names, statics, documentation", () => {
    assertPython(
      `/** A counter. */
class Counter {
  static made = 0;
  #count = 0;
  step: number;

  constructor(step = 1) {
    this.step = step;
  }

  /** What it has come to. */
  get value(): number {
    return this.#count;
  }

  add(): this {
    this.#count += this.step;
    return this;
  }
}`,
      `class Counter:
    """A counter."""
    made = 0

    def __init__(self, step=1):
        self._count = 0
        self.step = step

    @property
    def value(self):
        """What it has come to."""
        return self._count

    def add(self):
        self._count += self.step
        return self`,
    );
  });

  it("functions whose options are taken apart are called by name", () => {
    assertPython(
      "function f(a: number, { b = 2, c }: { b?: number; c: number }): number {\n  return a + b + c;\n}\nf(1, { c: 3 });",
      "def f(a, *, b=2, c):\n    return a + b + c\n\n\nf(1, c=3)",
    );
  });
});

describe("options that are kept in an object", () => {
  it("give what is asked for, also where the object has more", () => {
    assertPython(
      "const config = { a: 1, lr: 0.1 };\nfunction f({ a }: { a: number }): number {\n  return a;\n}\nf(config);",
      'config = {"a": 1, "lr": 0.1}\n\n\ndef f(*, a):\n    return a\n\n\nf(a=config["a"])',
    );
  });
});

describe("what has no twin", () => {
  const refusals: Readonly<Record<string, readonly [string, number, RegExp]>> = {
    "something of Kindling's own": [`${from("memoryReport")}console.log(1);\nmemoryReport();`, 3, /^`memoryReport` has no twin in PyTorch/],
    "a package": ['import lodash from "lodash";\nlodash.chunk([1], 1);', 1, /^`import … from "lodash"` has no twin/],
    "a label that is no loop's": ["const n = 1;\nblock: {\n  if (n > 0) break block;\n  console.log(n);\n}", 2, /^`a label that is no loop's` has no twin/],
    "a getter of a plain object": ["const meter = {\n  get sum() {\n    return 1;\n  },\n};", 2, /make it a class/],
    "a change that may not be reached": ["const o = { n: 0 };\nconsole.log(o.n > 0 ? o.n++ : 0);", 2, /write an if/],
    "a static setter": ["class A {\n  static set b(value: number) {\n    console.log(value);\n  }\n}", 2, /make it a method/],
    "a name that nobody has": ["const w = document.title;", 1, /^`document` has no twin/],
    "a plain object that speaks of itself": ["const meter = {\n  sum: 0,\n  add(n: number) {\n    this.sum += n;\n  },\n};", 3, /make it a class/],
    "a case that runs into the next": ["const n = 1;\nswitch (n) {\n  case 1:\n    console.log(1);\n  case 2:\n    console.log(2);\n}", 3, /falls through/],
  };
  for (const [name, [source, line, message]] of Object.entries(refusals)) {
    it(`is refused by name and line: ${name}`, () => {
      const { problems } = toPython(source, "/folder/net.model.ts");
      assert.match(problems[0]!.message, message);
      assert.equal(problems[0]!.position?.line, line);
    });
  }

  it("is no reason to guess: a file that isn't TypeScript gives its own complaint", () => {
    const { code, problems } = toPython("const = ;", "/folder/net.model.ts");
    assert.equal(code, "");
    assert.equal(problems[0]!.code, "syntax");
  });
});

describe("PyTorch's names", () => {
  it("are found again for every function, class and method that Kindling has", () => {
    const own = ["toTypedArray"];
    const wrong = [...signatures.values()]
      .map(({ pytorch, kindling }) => [kindling.split(".").at(-1)!, pytorch.split(".").at(-1)!] as const)
      .filter(([ours, theirs]) => !own.includes(ours) && snake(ours) !== theirs);
    assert.deepEqual(wrong, []);
  });

  it("are found again for every attribute", () => {
    const names = attributes.map((name) => name.split(".").at(-1)!);
    assert.deepEqual(
      names.filter((name) => snake(camel(name)) !== name),
      [],
    );
  });
});
