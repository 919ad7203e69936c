/** What single pieces of Python become. */
import assert from "node:assert/strict";
import { fromPython, looksLikePyTorch, withoutImported } from "../../src/fromPython/index.ts";

/** The translation without imports and helpers. */
function body(python: string): string {
  const { code } = fromPython(python);
  return code
    .split("\n// Python's own functions")[0]!
    .split("\n")
    .filter((line) => !line.startsWith("import "))
    .join("\n")
    .trim();
}

const torch = "import torch\nimport torch.nn as nn\nimport torch.nn.functional as F\nx = torch.randn(4, 3, 2)\n";

/** What the last line becomes, of a program with a tensor `x`. */
const line = (python: string) => body(`${torch}${python}`).split("\n").at(-1);

describe("Python's expressions in TypeScript", () => {
  const cases: readonly (readonly [python: string, typescript: string])[] = [
    ["y = x + 1", "const y = x.add(1);"],
    ["y = 1 - x", "const y = sub(1, x);"],
    ["y = 2 * x @ x.t()", "const y = x.mul(2).matmul(x.t());"],
    ["y = -x ** 2", "const y = x.pow(2).neg();"],
    ["y = (x > 0) & ~(x < 1)", "const y = x.gt(0).bitwiseAnd(x.lt(1).logicalNot());"],
    ["y = x[:, 0]", "const y = x.at(null, 0);"],
    ["y = x[1:3, ..., -1]", 'const y = x.at([1, 3], "...", -1);'],
    ["y = x[:, None]", "const y = x.unsqueeze(1);"],
    ["y = x[..., None]", "const y = x.unsqueeze(-1);"],
    ["y = x[[0, 2]]", 'const y = x.at(tensor([0, 2], { dtype: "int64" }));'],
    ["x[0, :, 1] = 5", "x.setAt([0, null, 1], 5);"],
    ["x[x < 0] = 0", "x.setAt(x.lt(0), 0);"],
    ["x += 1", "x.add_(1);"],
    ["y = x.sum(dim=1, keepdim=True)", "const y = x.sum({ dim: 1, keepdim: true });"],
    ["y = torch.log(x)", "const y = x.log();"],
    ["y = F.relu(x)", "const y = F.relu(x);"],
    ["y = torch.tensor([1, 2])", 'const y = tensor([1, 2], { dtype: "int64" });'],
    ["y = torch.tensor([1., 2])", "const y = tensor([1.0, 2]);"],
    ["y = not x.requires_grad and 1 < 2 <= 3", "const y = !x.requiresGrad && 1 < 2 && 2 <= 3;"],
    ["y = 7 // 2 + 7 % 2", "const y = Math.floor(7 / 2) + 7 % 2;"],
    ["y = [i * 2 for i in range(5) if i > 1]", "const y = range(5).filter((i) => i > 1).map((i) => i * 2);"],
    ["y = {n: len(n) for n in ['a', 'b']}", 'const y: Record<string, number> = Object.fromEntries(["a", "b"].map((n) => [n, n.length]));'],
    ["y = sum(p.numel() for p in nn.Linear(1, 2).parameters())", "const y = new nn.Linear(1, 2).parameters().reduce((total, p) => total + p.numel(), 0);"],
    ["y = 'yes' if len([1]) else 'no'", 'const y = [1].length ? "yes" : "no";'],
    ["print(f'{x.mean().item():.3f} of {10:>4d}')", "console.log(`${fixed(x.mean().item(), 3)} of ${String(10).padStart(4)}`);"],
    ["print('%d%% %.2f' % (5, 0.5))", "console.log(`${5}% ${fixed(0.5, 2)}`);"],
    ["print('loss = %.3f' % x.mean())", "console.log(`loss = ${fixed(x.mean().item(), 3)}`);"],
    ["print('{}: {:.1%}'.format('a', 0.25))", 'console.log(`${"a"}: ${fixed(0.25 * 100, 1)}%`);'],
  ];
  for (const [python, typescript] of cases) it(python, () => assert.equal(line(python), typescript));
});

describe("Python's statements in TypeScript", () => {
  it("a variable is declared where all its uses see it", () => {
    assert.equal(
      body("for i in range(3):\n    last = i\nprint(last)"),
      "let last!: number;\nfor (let i = 0; i < 3; i++) {\n  last = i;\n}\nconsole.log(last);",
    );
    assert.equal(body("for i in range(3):\n    k = i\nfor i in range(2):\n    k = 2\n    print(k)").match(/const k/g)?.length, 2);
  });

  it("no_grad is a function around its block, or lasts to its end where the block is left early", () => {
    assert.match(body(`${torch}with torch.no_grad():\n    y = x + 1`), /noGrad\(\(\) => \{\n {2}const y = x\.add\(1\);\n\}\);/);
    assert.match(
      body(`${torch}def f():\n    with torch.no_grad():\n        return x`),
      /function f\(\): Tensor \{\n {2}using _ = noGrad\(\);\n {2}return x;\n\}/,
    );
    assert.match(body(`${torch}@torch.no_grad()\ndef f():\n    return x`), /using _ = noGrad\(\);/);
  });

  it("arguments by name go where the program's own function has them", () => {
    assert.match(body("def f(a, b=1, c=2):\n    return a\nf(1, c=3)"), /f\(1, undefined, 3\);/);
  });

  it("comments and docstrings stay", () => {
    assert.equal(body('"""What it is."""\n# before\nn = 1  # after'), "/** What it is. */\n// before\nconst n = 1; // after");
  });

  it("a number that becomes a tensor is one from the start", () => {
    assert.match(
      body(`${torch}loss = 0\nfor i in range(3):\n    loss += x.sum()\nloss.backward()`),
      /let loss = tensor\(0, \{ dtype: "int64" \}\);[\s\S]*loss = loss\.add\(x\.sum\(\)\);/,
    );
  });

  it("the main program's `if` is gone, and the command line's options are an object", () => {
    const python =
      "import argparse\ndef main():\n    p = argparse.ArgumentParser()\n    p.add_argument('--batch-size', type=int, default=8)\n    args = p.parse_args()\n    print(args.batch_size)\nif __name__ == '__main__':\n    main()";
    assert.match(
      body(python),
      /const args = \{ batch_size: 8 \};\n {2}console\.log\(args\.batch_size\);\n\}\n\nmain\(\);|const args = \{ batch_size: 8 \};\n {2}console\.log\(args\.batch_size\);\n\}\nmain\(\);/,
    );
  });

  it("a command line that the program says itself is in the options; one that only a run knows is reported", () => {
    const options = (line: string) =>
      `import argparse\np = argparse.ArgumentParser()\np.add_argument('files', nargs='*')\np.add_argument('-n', '--epochs', type=int, default=8)\np.add_argument('--lr', type=float, default=0.1)\np.add_argument('--dry-run', action='store_true')\nargs = p.parse_args(${line})\n`;
    const given = body(options("['--epochs=2', '--lr', '-0.5', '--dry-run', 'a', 'b']"));
    assert.match(given, /files: \["a", "b"\],\s+epochs: 2,\s+lr: -0\.5,\s+dry_run: true/);
    assert.match(body(options("[]")), /epochs: 8,\s+lr: 0\.1,\s+dry_run: false/);
    assert.deepEqual(fromPython(options("sys.argv[2:]")).problems, [
      { line: 7, message: "What `parse_args` is given is known only when it runs: the options have their defaults here" },
    ]);
    assert.deepEqual(
      fromPython(options("['--width', '3']")).problems.map(({ message }) => message),
      ["No option is called `--width`"],
    );
  });

  it("what nobody wants of several values is left out", () => {
    assert.match(body(`${torch}_, c, _ = x.shape\nprint(c)`), /const \[, c, ,\] = x\.shape;/);
  });

  it("a parameter that is a class makes objects, whichever class it is", () => {
    const python = `${torch}class Act(nn.Module):\n    def forward(self, x):\n        return x\ndef make(act=nn.ReLU):\n    return act()\nmake(act=Act)`;
    assert.match(body(python), /return new act\(\);/);
  });

  it("a lambda that only appends gives nothing", () => {
    assert.match(body(`${torch}seen = []\nx.register_hook(lambda g: seen.append(g))`), /x\.registerHook\(\(g\) => void seen\.push\(g\)\);/);
  });

  it("for … else runs where nothing broke off", () => {
    assert.match(
      body("for i in range(3):\n    if i > 5:\n        break\nelse:\n    print('all')"),
      /let stopped = false;[\s\S]*stopped = true;\n {4}break;[\s\S]*if \(!stopped\) \{/,
    );
  });

  it("the program's own modules are imported, and a name of TypeScript's gets a dash", () => {
    const { code, modules } = fromPython("from .models.net import Net as N\nnew = N()");
    assert.match(code, /import \{ Net as N \} from "\.\/models\/net\.ts";/);
    assert.deepEqual(modules, [".models.net"]);
    assert.match(code, /const new_ = /);
  });

  it("a name that the program uses itself is told from the API's", () => {
    const { code } = fromPython("import torch\ndata = torch.randn(3)\nloader = torch.utils.data.DataLoader(data)");
    assert.match(code, /import \* as torch from "kindling";/);
    assert.match(code, /new torch\.data\.DataLoader\(/);
  });
});

describe("what is passed on, shared or given in part", () => {
  const net = "import torch\nimport torch.nn as nn\nfrom functools import partial\n";

  it("a class that is a parameter makes objects, and so does one of which some arguments are given already", () => {
    const python = `${net}def block(n, norm_layer=None):\n    if norm_layer is None:\n        norm_layer = nn.BatchNorm1d\n    return norm_layer(n)\nblock(3)\nblock(4, partial(nn.GroupNorm, 2))`;
    assert.match(body(python), /return new norm_layer\(n\);/);
    assert.match(body(python), /block\(4, partial\(nn\.GroupNorm, \[2\], \{\}\)\);/);
  });

  it("where a function may stand in a class's place, it is asked which it is", () => {
    assert.match(
      body(`${net}def make_it(dense):\n    return dense(1, 2)\nmake_it(nn.Linear)\nmake_it(lambda a, b: nn.Linear(b, a))`),
      /return make\(dense, 1, 2\);/,
    );
  });

  it("a function of the program's with some arguments given takes those that are left, by their names", () => {
    assert.match(
      body(`${net}def f(a, b=1, c=2):\n    return a + b + c\ng = partial(f, b=5)\nprint(g(1, c=3))`),
      /\(a: number, b = 5, c = 2\) => f\(a, b, c\);[\s\S]*g\(1, undefined, 3\)/,
    );
  });

  it("a type hint says what makes modules", () => {
    const python = `${net}from typing import Callable, Optional\ndef f(act: Optional[Callable[..., nn.Module]] = None):\n    return nn.Sequential(act())`;
    assert.match(body(python), /new nn\.Sequential\(new act!\(\)\)/);
  });

  it("what `*values` takes is a list where something stands behind it", () => {
    assert.match(
      body("def f(*sizes, scale=1):\n    return [s * scale for s in sizes]\nf(1, 2, scale=3)"),
      /function f\(sizes: number\[\], scale = 1\)[\s\S]*f\(\[1, 2\], 3\);/,
    );
  });

  it("a decorator of the program's own is put around what it decorates", () => {
    const python =
      "def twice(fn):\n    def wrapper(*args, **kwargs):\n        return fn(*args, **kwargs) * 2\n    return wrapper\n@twice\ndef f(a):\n    return a";
    assert.match(body(python), /return calculate\(fn\(\.\.\.args\), "mul", 2\);[\s\S]*const f = twice\(\{ f\(a: any\)/);
  });

  it("a class with a mixin has one base, which is the mixin", () => {
    const python = `${net}class Mixin:\n    def count(self):\n        return len(self.state_dict())\nclass Net(Mixin, nn.Module):\n    def __init__(self):\n        super().__init__()`;
    assert.match(body(python), /class Mixin extends nn\.Module \{[\s\S]*class Net extends Mixin \{/);
  });

  it("a context of the program's own lasts to the end of its block", () => {
    const python = "from contextlib import contextmanager\n@contextmanager\ndef open_it(n):\n    yield n\nwith open_it(3) as k:\n    print(k)";
    assert.match(body(python), /using _ = entered\(open_it\(3\)\);\n {2}const k = _\.value;/);
  });

  it("an enumeration has its values by name, and can be gone through", () => {
    const python = 'from enum import Enum\nclass Mode(Enum):\n    A = "a"\n    B = "b"\nfor mode in Mode:\n    print(mode.value)';
    assert.match(body(python), /static readonly A = new Mode\("A", "a"\);[\s\S]*for \(const mode of Mode\)/);
  });

  it("a helper gives way to the program's own name", () => {
    const { code } = fromPython("best = max(['a', 'bb'], key=len)\nprint(best)");
    assert.match(code, /const best = best_\(/);
    assert.match(code, /function best_</);
  });

  it("PyTorch's own files are known by where they stand", () => {
    assert.match(body("from torch.nn.modules.module import Module\nclass A(Module):\n    pass"), /class A extends nn\.Module/);
  });

  it("the first and the last of several values are taken from both ends", () => {
    assert.match(
      body("first, *rest, last = [1, 2, 3, 4]\nprint(first, rest, last)"),
      /const \[first, \.\.\.rest\] = \[\.\.\.\[1, 2, 3, 4\]\];\nconst \[last\] = rest\.splice\(-1\);/,
    );
  });
});

describe("programs as research writes them", () => {
  const shows = (python: string, ...texts: readonly string[]) => {
    const { code, problems } = fromPython(`${torch}${python}`);
    assert.deepEqual(problems, []);
    for (const text of texts) assert.ok(code.includes(text), `${text} isn't in\n${code}`);
  };

  it("a function that asks whether something is there tells the editor", () => {
    shows("def exists(val):\n    return val is not None", "function exists<T>(val: T | null): val is T {");
    shows("def missing(val):\n    return val is None", "function missing(val: unknown): val is null {");
  });

  it("modules that stand in a list each take by name what they take", () => {
    shows(
      "class Att(nn.Module):\n    def forward(self, x, mask=None, cache=None):\n        return x\nlayers = nn.ModuleList([])\nlayers.append(nn.ModuleList([nn.LayerNorm(2), Att()]))\nfor norm, attn in layers:\n    y = attn(norm(x), cache=x)",
      "attn(norm(x), undefined, x)",
    );
  });

  it("what stands beside `**more` in `dict` isn't lost", () => {
    shows("more = {'a': 1}\nd = dict(rho=0.5, **more)", "{ rho: 0.5, ...more }");
  });

  it("an optimizer of one's own has options by the API's names, and a record for each parameter", () => {
    shows(
      "class Lion(torch.optim.Optimizer):\n    def __init__(self, params, lr=1e-4, weight_decay=0.1):\n        super().__init__(params, dict(lr=lr, weight_decay=weight_decay))\n    def step(self):\n        for group in self.param_groups:\n            for p in group['params']:\n                state = self.state[p]\n                if len(state) == 0:\n                    state['m'] = torch.zeros_like(p)\n                p.data.mul_(1 - group['weight_decay'])",
      "super(params, camelKeys({ lr, weight_decay }));",
      "remembered(this.state, p)",
      "group.weightDecay",
    );
  });

  it("a name that is hung on a layer or a function is read as it was written", () => {
    shows(
      "layer = nn.Linear(2, 2)\nlayer.SCALE_INIT = 1\nprint(hasattr(layer, 'SCALE_INIT'))",
      "(layer as any).SCALE_INIT = 1;",
      "(layer as any).SCALE_INIT !== undefined",
    );
    shows("def run():\n    f.calls = 0\ndef f(v):\n    return v\nrun()", "(f as any).calls = 0;");
  });

  it("a slice of an object of the program's own is said to have no twin", () => {
    const { problems } = fromPython("class Bag:\n    def __getitem__(self, at):\n        return at\nprint(Bag()[:3])");
    assert.match(problems[0]!.message, /A slice of a `Bag` has no twin here/);
  });

  it("an f-string that says its own text keeps the blanks in it", () => {
    shows("n = 3\nprint(f'{n = :,}')", "n = ${");
  });
});

describe("what has no twin", () => {
  it("what would mean something else here is refused by its name, and the rest of a class comes out", () => {
    const refused: readonly (readonly [python: string, message: RegExp])[] = [
      ["class A:\n    name = 'a'\nprint(A.name)", /A class's own `name` is something else in JavaScript/],
      ["class A:\n    n = 0\n    def up(self):\n        self.n += 1\nA().up()\nprint(A.n)", /`n` is each object's own here/],
      ["class A:\n    def __init_subclass__(cls):\n        pass\n    def f(self):\n        return 1\nprint(A().f())", /`__init_subclass__` has no twin/],
      ["class M(type):\n    pass\nclass A(metaclass=M):\n    pass", /A metaclass has no twin here/],
      ["def f(*args, **kw):\n    return args\nf(1, b=2)", /`f` hands on what it is given, and by name that has no twin/],
      ["xs = [1, 2, 3]\nxs[::2] = [0, 0]", /A slice with a step can't be changed here/],
      ["d = dict.fromkeys('ab', [])", /All keys of `fromkeys` would have one list/],
      ["import torch.nn as nn\nnet = nn.Linear(1, 1).double()", /the parameters are float32/],
      ["import numpy as np\nnp.set_printoptions(precision=2)", /NumPy's print options have no twin/],
      ["print('%y' % 1)", /`%y` in a text has no twin/],
      [
        "class A:\n    def __init__(self):\n        self.go()\nclass B(A):\n    def __init__(self):\n        self.k = 1\n        super().__init__()\n    def go(self):\n        print(self.k)",
        /sets in front of `super\(\)\.__init__\(\)` is set behind it/,
      ],
    ];
    for (const [python, message] of refused)
      assert.match(
        fromPython(python)
          .problems.map((one) => one.message)
          .join("\n"),
        message,
        python,
      );
    assert.match(fromPython(refused[2]![0]).code, /f\(\): number \{\n {4}return 1;/);
  });

  it("arguments by name for a class that only a type hint names are refused, with what to do", () => {
    const hints = ["block: Type[nn.Module]", "block: Callable[..., nn.Module]", "block: Callable", "block"];
    for (const hint of hints) {
      const python = `import torch.nn as nn\nfrom typing import Callable, Type\ndef make(${hint}, **options):\n    return block(4, **options)`;
      assert.deepEqual(fromPython(python).problems, [
        { line: 4, message: "What this is isn't known here, and so not where it takes what is given by name: give it by position" },
      ]);
    }
  });

  it("a setting of json.dumps that isn't known here is named", () => {
    assert.deepEqual(fromPython("import json\nprint(json.dumps([1], cls=None))").problems, [{ line: 2, message: "`json.dumps` has no `cls` here" }]);
  });

  it("stays as a comment and is said with its line; the rest comes out", () => {
    const { code, problems } = fromPython("import torch\nimport matplotlib.pyplot as plt\nx = torch.randn(3)\nplt.plot(x)\nprint(x)");
    assert.deepEqual(problems, [{ line: 4, message: "`matplotlib.pyplot.plot` has no twin here" }]);
    assert.match(code, /\/\/ +plt\.plot\(x\)/);
    assert.match(code, /console\.log\(String\(x\)\);/);
  });

  it("a function of PyTorch's that Kindling lacks is named", () => {
    assert.match(fromPython("import torch\ny = torch.fft.fft(torch.randn(4))").problems[0]!.message, /Kindling has no `torch\.fft\.fft`/);
  });

  it("lines that are no Python don't stop the others", () => {
    const { code, problems } = fromPython("x = 1\ny = = 2\nz = 3");
    assert.equal(problems[0]!.line, 2);
    assert.match(code, /const x = 1;[\s\S]*const z = 3;/);
  });
});

describe("what is pasted", () => {
  it("is known for PyTorch, or not", () => {
    assert.ok(looksLikePyTorch("import torch\nx = torch.ones(2)"));
    assert.ok(looksLikePyTorch("class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.fc = nn.Linear(2, 3)"));
    assert.ok(looksLikePyTorch("optimizer.zero_grad()\nloss.backward()\noptimizer.step()"));
    assert.ok(!looksLikePyTorch('import { nn } from "kindling";\nconst net = new nn.Linear(2, 3);'));
    assert.ok(!looksLikePyTorch("just some words, self.evident or not"));
  });

  it("brings only the imports that the file doesn't have", () => {
    const code = 'import { nn, optim, type Tensor } from "kindling";\n\nconst a = 1;\n';
    assert.equal(withoutImported(code, 'import { nn, type Tensor } from "kindling";\n'), 'import { optim } from "kindling";\n\nconst a = 1;\n');
    assert.equal(withoutImported(code, 'import { nn, optim, Tensor } from "kindling";\n'), "const a = 1;\n");
  });
});

describe("types of what comes from Python", () => {
  it("what may be None is said to be there where Python would stumble, too, and only there", () => {
    const python = `${torch}class Best:\n    def __init__(self):\n        self.loss = None\n    def take(self, loss):\n        if self.loss is None or loss < self.loss:\n            self.loss = loss\nbest = Best()\nbest.take(0.5)\nprint(best.loss + 1)`;
    assert.match(body(python), /loss < this\.loss\)/);
    assert.match(body(python), /best\.loss! \+ 1/);
  });

  it("lists and dictionaries say what will be put into them", () => {
    assert.match(
      body('history = {"train": [], "val": []}\nhistory["train"].append(1.5)\nhistory["val"].append(2.5)'),
      /: \{ train: number\[\]; val: number\[\] \} = \{/,
    );
    assert.match(body("pairs = []\npairs.append((1, 'a'))"), /const pairs: \[number, string\]\[\] = \[\];/);
    assert.match(body(`${torch}layers = [nn.Linear(1, 2)]\nlayers.append(nn.ReLU())`), /const layers: nn\.SomeModule\[\] = /);
  });

  it("a function in a dictionary says what it takes", () => {
    assert.match(
      body(`${torch}makers = {"a": lambda n: nn.Linear(n, 1), "b": lambda n: nn.Linear(n, 2)}\nfor name in makers:\n    makers[name](3)`),
      /a: \(n: number\) =>/,
    );
  });

  it("a list that becomes a tensor is one and then the other", () => {
    assert.match(
      body(`${torch}def f():\n    parts = []\n    parts.append(x)\n    parts = torch.cat(parts)\n    return parts.mean()`),
      /let parts: Tensor\[\] \| Tensor = \[\];/,
    );
  });

  it("a loop's number that becomes a tensor gets a second name", () => {
    const python = `${torch}for i, t in enumerate([3, 4]):\n    t = torch.full((2,), t)\n    print(i, t.sum())`;
    assert.match(body(python), /const \[i, t\] of [\s\S]*const t2 = full\(\[2\], t[\s\S]*t2\.sum\(\)/);
  });

  it("a function that gives a value on some ways gives null on the others", () => {
    assert.match(body("def first(values):\n    for value in values:\n        return value\nprint(first([1]))"), /: number \| null \{[\s\S]*return null;\n\}/);
  });

  it("a named tuple is a class with its fields", () => {
    assert.match(
      body("from collections import namedtuple\nPoint = namedtuple('Point', ['x', 'y'])\np = Point(1, y=2)\na, b = p\nprint(p.x + a)"),
      /class Point \{\n {2}x: number;\n {2}y: number;[\s\S]*new Point\(1, 2\)/,
    );
  });

  it("a deque with a greatest length forgets its oldest entries", () => {
    assert.match(body("from collections import deque\nrecent = deque(maxlen=3)\nrecent.append(1.5)"), /new Deque<number>\(3\)/);
  });
});

describe("what Python has of its own", () => {
  const code = (python: string): string => fromPython(python).code;

  it("a helper and a function of the API with one name are two", () => {
    const text = code("import numpy as np\nimport torch\nx = torch.mean(torch.ones(2))\nprint(np.mean([1.0, 2.0]), x)");
    assert.match(text, /mean_\(\[1\.0, 2\.0\]\)/);
    assert.match(text, /function mean_\(/);
  });

  it("an enumeration's value is found by what it stands for, and counts as its number", () => {
    const text = code("from enum import IntEnum\nclass Side(IntEnum):\n    LEFT = 0\nside = Side(0)\nprint(side == 0, [5, 6][side])");
    assert.match(text, /\[\.\.\.Side\]\.find\(\(one\) => one\.value === 0\)!/);
    assert.match(text, /side\.value === 0/);
    assert.match(text, /\[5, 6\]\[side\.value\]/);
  });

  it("a dataclass makes itself ready when it is made", () => {
    const text = code(
      "from dataclasses import dataclass, field\n@dataclass\nclass A:\n    n: int\n    m: int = field(init=False)\n    def __post_init__(self):\n        self.m = self.n + 1\nprint(A(2).m)",
    );
    assert.match(text, /constructor\(n: number\) \{\n {4}this\.n = n;\n {4}this\.postInit\(\);/);
  });

  it("what is printed into a file is written to it; one that isn't text is said to have no twin", () => {
    assert.match(
      code('with open("log.txt", "w") as f:\n    print("x", file=f)'),
      /using _ = new OpenFile\("log\.txt", "w"\);\n {2}const f = _;\n {2}f\.write\("x\\n"\);/,
    );
    assert.match(fromPython('f = open("log.bin", "wb")').problems[0]!.message, /opened here as texts/);
  });

  it("tuples that hold the same are one key, in a dictionary, a set and a Counter", () => {
    assert.match(code("d = {}\nd[(1, 2)] = 3\nprint((1, 2) in d)"), /= new KeyMap\(\)/);
    assert.match(code("seen = set()\nseen.add((1, 2))\nprint((1, 2) in seen)"), /= new KeySet\(\)/);
    assert.match(code("print((1, 2) in [(1, 2)])"), /\.some\(\(entry\) => equals\(entry, \[1, 2\]\)\)/);
    assert.match(code("from collections import Counter\nc = Counter([(1, 2)])\nprint(c[(3, 4)])"), /class Counts<T> extends KeyMap/);
  });

  it("a logger is given its text with the values in it, and what its format can't say is reported", () => {
    const logs = (format: string) => `import logging\nlogging.basicConfig(format="${format}")\nlog = logging.getLogger("a")\nlog.info("epoch %d", 3)`;
    const { code: text, problems } = fromPython(logs("%(levelname)s %(message)s"));
    assert.match(text, /log\.info\(`epoch \$\{3\}`\);/);
    assert.deepEqual(problems, []);
    assert.deepEqual(
      fromPython(logs("%(lineno)d %(message)s")).problems.map(({ line }) => line),
      [2],
    );
  });

  it("a path is a text that Node joins", () => {
    const text = code(
      "from pathlib import Path\nroot = Path('runs')\nfile = root / 'a' / 'b.txt'\nfile.parent.mkdir(parents=True, exist_ok=True)\nprint(file.stem)",
    );
    assert.match(text, /const file = join\(root, "a", "b\.txt"\);/);
    assert.match(text, /mkdirSync\(dirname\(file\), \{ recursive: true \}\);/);
    assert.match(text, /parse\(file\)\.name/);
  });

  it("match over values is an if, and what tells more apart is said to have no twin", () => {
    const text = code(
      "def f(name):\n    match name:\n        case 'a' | 'b':\n            return 1\n        case other if other == 'c':\n            return 2\n        case _:\n            return 3\nprint(f('a'))",
    );
    assert.match(text, /has no twin here/);
    const plain = code("def f(name):\n    match name:\n        case 'a' | 'b':\n            return 1\n        case _:\n            return 3\nprint(f('a'))");
    assert.match(plain, /if \(name === "a" \|\| name === "b"\) \{\n {4}return 1;\n {2}\} else \{\n {4}return 3;/);
  });

  it("objects with operators of their own stand on either side", () => {
    const text = code(
      "class V:\n    def __init__(self, x):\n        self.x = x\n    def __radd__(self, o):\n        return V(o + self.x)\n    def __neg__(self):\n        return V(-self.x)\nv = V(1)\nprint((2 + v).x, (-v).x)",
    );
    assert.match(text, /v\.radd\(2\)\.x/);
    assert.match(text, /v\.neg\(\)\.x/);
  });

  it("a script's name that is a number first and a tensor in the next loop has a second name there", () => {
    const text = code("import torch\nfor i in range(2):\n    x = i + 1\n    print(x)\nfor i in range(2):\n    x = torch.ones(2)\n    print(x)");
    assert.match(text, /const x = i \+ 1;/);
    assert.match(text, /const x2 = ones\(2\);/);
  });

  it("floats that a tensor gives as a list print as floats", () => {
    assert.match(code("import torch\nprint(torch.ones(2).tolist())"), /repr\(ones\(2\)\.tolist\(\), \{ each: floatsText \}\)/);
  });

  it("a handler takes no errors that aren't its own: those that never come here are left out and told, those of files are asked for", () => {
    const { code, problems } = fromPython(
      "try:\n    train()\nexcept KeyboardInterrupt:\n    print('stopped')\nexcept FileNotFoundError:\n    print('no file')\nexcept Exception as e:\n    print('failed', e)",
    );
    assert.match(
      code,
      /catch \(e\) \{\n {2}\/\/ Python: except KeyboardInterrupt:\n {2}\/\/ {3}print\('stopped'\)\n {2}if \(\(e as \{ code\?: unknown \}\)\.code === "ENOENT"\)/,
    );
    assert.deepEqual(
      problems.map(({ line, message }) => [line, message]),
      [[3, "Nothing raises `KeyboardInterrupt` here: a run that is stopped ends at once"]],
    );
  });

  it("of handlers that can't be told apart the first takes all, and the others say so", () => {
    const { problems } = fromPython("try:\n    train()\nexcept TypeError:\n    print(1)\nexcept RuntimeError:\n    print(2)");
    assert.deepEqual(
      problems.map(({ line, message }) => [line, message]),
      [[5, "Errors that don't come from the program itself can't be told apart here: `except TypeError` above takes them all"]],
    );
  });

  it("exceptions that a program raises and asks for by name are told apart", () => {
    const text = code("try:\n    raise ValueError('no')\nexcept ValueError as e:\n    print(type(e).__name__)");
    assert.match(text, /throw new ValueError\("no"\);/);
    assert.match(text, /if \(e instanceof ValueError\)/);
    assert.match(text, /class ValueError extends Error \{\}/);
  });

  it("whether a number is an int or a float is known from the source, and else told by its value, which is reported", () => {
    const { code, problems } = fromPython(
      "def known(x: float):\n    return isinstance(x, int), isinstance(x, float), isinstance(x, (int, float))\ndef any_of(v):\n    return isinstance(v, (int, float)), isinstance(v, bool), isinstance(v, int)\nprint(known(2.0), any_of('a'), any_of(1), any_of(None))",
    );
    assert.match(code, /return \[false, typeof x === "number", typeof x === "number"\]/);
    assert.match(code, /typeof v === "number" \|\| typeof v === "boolean"/);
    assert.match(code, /\(?typeof v === "number" && Number\.isInteger\(v\)\)? \|\| typeof v === "boolean"/);
    assert.deepEqual(
      problems.map(({ line, message }) => [line, message.slice(0, 44)]),
      [[4, "`isinstance(…, int)` goes by the value here:"]],
    );
  });

  it("a text that is put together when it runs is filled then, as %-texts are", () => {
    assert.match(code("def f(n, a):\n    return f'%0{n}d' % a\nprint(f(3, 7))"), /return percent\(`%0\$\{n\}d`, a\);/);
  });

  it("a function whose name something else gets later is a variable", () => {
    assert.match(
      code("import torch\nfrom torch import nn\ndef model(x):\n    return x\nprint(model(1))\nmodel = nn.Linear(1, 2)\nprint(model)"),
      /let model: any = \(x[^)]*\).* => \{[\s\S]*\nmodel = new nn\.Linear\(1, 2\);/,
    );
  });

  it("[None] * n holds what is put into it", () => {
    assert.match(code("places = [None] * 3\nfor i in range(3):\n    places[i] = i * 2\nprint(places)"), /new Array<any>\(3\)\.fill\(null\)/);
  });

  it("a function that is written anew further on is called as it is then", () => {
    const text = code("def f():\n    return 1\ndef g():\n    return f()\ndef f():\n    return 2\nprint(g())");
    assert.match(text, /let f: \(\.\.\.values: any\[\]\) => any = \(\): number => \{/);
    assert.match(text, /^f = \(\): number => \{/m);
  });

  it("a command line that a function hands on is the one that the program gives it, and none where it gives none", () => {
    const parse = (given: string): string =>
      `import argparse\ndef parse(argv=None):\n    p = argparse.ArgumentParser()\n    p.add_argument("--n", type=int, default=3)\n    return p.parse_args(argv)\n${given}`;
    assert.match(code(parse('args = parse(["--n", "7"])')), /n: 7/);
    assert.match(code(parse("args = parse()")), /n: 3/);
    assert.deepEqual(
      fromPython(parse('parse(["--n", "7"])\nparse([])')).problems.map(({ line }) => line),
      [5],
    );
  });

  it("what a list hasn't got is a ValueError to who asks for it by name", () => {
    const text = code("def f(a, x):\n    try:\n        a.remove(x)\n        return a.index(x)\n    except ValueError:\n        return -1\nprint(f([1], 2))");
    assert.match(text, /a\.splice\(found\(a\.indexOf\(x\), "[^"]+"\), 1\);/);
    assert.match(text, /return found\(a\.indexOf\(x\), "[^"]+"\);/);
    assert.match(text, /if \(place < 0\) throw new ValueError/);
  });

  it("math.hypot takes a list apart, and math.fmod has the sign of what is divided", () => {
    const text = code("import math\nxs = [3.0, 4.0]\nprint(math.hypot(*xs))\ny = math.fmod(xs[0] - 10, 2 + 3)");
    assert.match(text, /Math\.hypot\(\.\.\.xs\)/);
    assert.match(text, /const y = \(xs\[0\] - 10\) % \(2 \+ 3\);/);
  });

  it("nothing is taken from a list that hasn't got it, whoever asks", () => {
    assert.match(code("a = [1, 2]\na.remove(3)"), /a\.splice\(found\(a\.indexOf\(3\), "[^"]+"\), 1\);/);
  });

  it("an error that is raised from another one keeps it as its cause, and none where it is raised from None", () => {
    const raise = (cause: string): string => code(`try:\n    print(1)\nexcept Exception as e:\n    raise RuntimeError("bad") from ${cause}`);
    assert.match(raise("e"), /throw Object\.assign\(new \w*Error\("bad"\), \{ cause: e \}\);/);
    assert.match(raise("None"), /throw new \w*Error\("bad"\);/);
  });

  it("a program that reckons with a loss that is no number writes it as Python does", () => {
    assert.match(code('loss = float("nan")\nprint(f"{loss:.4f}")'), /fixed\(loss, 4\)/);
    assert.match(code('loss = 1 / 3\nprint(f"{loss:.4f}")'), /loss\.toFixed\(4\)/);
  });

  it("a module's own train gives the module", () => {
    const text = code(
      "from torch import nn\nclass Net(nn.Module):\n    def train(self, mode=True):\n        super().train(mode)\n        return self\nprint(Net().train().training)",
    );
    assert.match(text, /override train\(mode = true\): this \{/);
  });

  it("a variable whose type alone stands there is declared once", () => {
    const text = code("def f(a):\n    x: int\n    if a:\n        x = 1\n    else:\n        x = 2\n    return x\nprint(f(True))");
    assert.equal(text.match(/let x/g)?.length, 1);
  });

  it("what is given to partial is worked out once", () => {
    const text = code(
      "from functools import partial\ndef scale(x, by):\n    return x * by\ndef make(**kwargs):\n    return partial(scale, by=kwargs.pop('by'))\nf = make(by=3)\nprint(f(1), f(2))",
    );
    assert.match(text, /return \(\(given_by: \w+\) => \(x: number, by(: \w+)? = given_by\) => scale\(x, by\)\)\(/);
  });

  it("what PyTorch asserts is checked", () => {
    assert.match(code("import torch\nx = torch.zeros(2)\ntorch._assert(x.dim() == 1, 'one dimension')"), /check\(x\.dim\(\) === 1, "one dimension"\);/);
  });

  it("a list is sorted by a function that compares, as it is there", () => {
    const text = code("import functools\nxs = sorted([3, 1], key=functools.cmp_to_key(lambda a, b: b - a))\nprint(xs)");
    assert.match(text, /sorted\(\[3, 1\], compared\(\(a, b\) => b - a\)\)/);
  });

  it("a pattern keeps its flags, its groups and how often it is replaced", () => {
    const text = code(
      'import re\nprint(re.sub(r"(a)(b)", r"\\2\\g<1>", "ab", count=1), re.sub("(?i)a", "x", "A"), re.findall("a", "A", re.IGNORECASE))\ndef first(text):\n    m = re.match(r"(?P<n>\\d)", text)\n    return m.group(1), m.groups(), m.group("n")\nprint(first("1"))',
    );
    assert.match(text, /"ab"\.replace\(\/\(a\)\(b\)\/, "\$2\$1"\)/);
    assert.match(text, /replaceAll\(\/a\/ig, "x"\)/);
    assert.match(text, /matchAll\(\/a\/ig\)/);
    assert.match(text, /\[m!\[1\]!, m!\.slice\(1\), m!\.groups!\.n!\]/);
  });

  it("a dictionary of keys alone is made, and what only texts have is asked of a text", () => {
    const text = code('import json\nnames = dict.fromkeys("ab", 0)\nprint(names)\ndef low(x):\n    return x.lower()\nprint(low(json.loads("1")))');
    assert.doesNotMatch(text, /fromkeys|No twin|no twin/);
    assert.match(text, /toLowerCase\(\)/);
  });

  it("numbers that may be below zero count from the end and divide as Python's do", () => {
    const text = code("i = -2\nxs = [1, 2, 3]\nxs[i] += 1\nprint(xs[i], i % 3, 7 % -3)\nfor k in range(4):\n    print(xs[k % 3])");
    assert.match(text, /setItem\(xs, i, xs\.at\(i\)! \+ 1\);/);
    assert.match(text, /xs\.at\(i\).*mod\(i, 3\).*mod\(7, -3\)/);
    assert.match(text, /xs\[k % 3\]/);
  });

  it("what is empty counts as nothing in an or, and the largest is found of whatever can be compared", () => {
    const text = code("def f(names=None):\n    return names or ['a']\nprint(f([]), max(['b', 'a']), max([-1], default=0), min((2, 1), (1, 5)))");
    assert.match(text, /either\(names, \(\) => \["a"\]\)/);
    assert.match(text, /best\(\["b", "a"\]\).*best\(\[-1\], undefined, 1, 0\)/s);
  });

  it("a class with several bases has them one behind the other, in Python's order", () => {
    const text = code(
      "class Base:\n    def who(self):\n        return 'x'\nclass A(Base):\n    def who(self):\n        return 'a' + super().who()\nclass B(Base):\n    def who(self):\n        return 'b' + super().who()\nclass C(A, B):\n    pass\nprint(C().who())",
    );
    assert.match(text, /class AOfC extends B \{[\s\S]*class C extends AOfC \{/);
  });

  it("a pattern finds its groups, and with is entered where nothing gets a name", () => {
    assert.match(code("import re\nfor a, b in re.findall(r'(\\w)=(\\d)', 'x=1'):\n    print(a, b)"), /match\.slice\(1\)/);
    const python = "class C:\n    def __enter__(self):\n        return self\n    def __exit__(self, *e):\n        pass\nwith C():\n    print(1)";
    assert.match(code(python), /using _ = new C\(\);\n {2}_\.enter\(\);/);
  });

  it("a list that a function changes where none is given is kept from call to call", () => {
    assert.match(code("def f(x, seen=[]):\n    seen.append(x)\n    return seen\nprint(f(1))"), /seen: number\[\] = \(\(f as any\)\.seen \?\?= \[\]\)/);
  });

  it("random.choices draws by its weights", () => {
    assert.match(code("import random\nprint(random.choices([1, 2], weights=[0, 1], k=3))"), /weights\?: readonly number\[\]/);
  });
});
