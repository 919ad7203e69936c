import { module, script, testTwins } from "./twins.ts";

const forward = "  override forward(x: Tensor): Tensor {\n    for (const layer of this.layers) x = layer(x);\n    return x;\n  }";

testTwins({
  id: "hidden-modules",
  bad: {
    "layers in an array that is written out": {
      text: module(`  layers: nn.Linear[];\n  constructor() {\n    super();\n    this.layers = [new nn.Linear(4, 8), new nn.Linear(8, 2)];\n  }\n${forward}`),
      marks: "this.layers",
      mended: ["layers: nn.ModuleList<nn.Linear>;", "this.layers = new nn.ModuleList([new nn.Linear(4, 8), new nn.Linear(8, 2)]);"],
    },
    "layers that are pushed, indexed and mapped": {
      text: module(
        `  layers: nn.Module[] = [];\n  constructor(sizes: number[]) {\n    super();\n    for (const size of sizes) this.layers.push(new nn.Linear(size, size));\n    this.layers.push(new nn.ReLU(), new nn.Linear(2, 2));\n  }\n  override forward(x: Tensor): Tensor {\n    x = this.layers[0]!(x);\n    console.log(this.layers.map(String), this.layers.length);\n    return x;\n  }`,
      ),
      marks: "layers",
      mended: [
        "layers: nn.ModuleList<nn.Module> = new nn.ModuleList();",
        "this.layers.append(new nn.Linear(size, size));",
        "this.layers.extend([new nn.ReLU(), new nn.Linear(2, 2)]);",
        "this.layers[0]!(x)",
        "[...this.layers].map(String), this.layers.length",
      ],
    },
    "layers gathered in a variable first": {
      text: module(
        `  layers: Array<nn.Linear>;\n  constructor() {\n    super();\n    const layers = [];\n    for (let i = 0; i < 3; i++) layers.push(new nn.Linear(4, 4));\n    this.layers = layers;\n  }\n${forward}`,
      ),
      marks: "this.layers",
      mended: ["layers: nn.ModuleList<nn.Linear>;", "this.layers = new nn.ModuleList(layers);"],
    },
    "layers by Array.from, map and fill": {
      text: module(
        `  a = Array.from({ length: 3 }, () => new nn.Linear(4, 4));\n  b = [1, 2].map((n) => new nn.Linear(n, n));\n  c = new Array(2).fill(null).map(() => new nn.LSTM(4, 4));`,
      ),
      marks: ["a", "b", "c"],
      mended: ["a = new nn.ModuleList(Array.from(", "b = new nn.ModuleList([1, 2].map(", "c = new nn.ModuleList(new Array(2)"],
    },
    "layers that a function of the file makes": {
      text: `import { nn } from "kindling";\nconst block = (n: number) => new nn.Sequential(new nn.Linear(n, n), new nn.ReLU());\nclass Net extends nn.Module {\n  blocks = [block(4), block(4)];\n}\n`,
      marks: "blocks",
      mended: "blocks = new nn.ModuleList([block(4), block(4)]);",
    },
    "modules of the file's own classes": {
      text: `import * as torch from "kindling";\nclass Block extends torch.nn.Module {\n  fc = new torch.nn.Linear(4, 4);\n}\nclass Base extends torch.nn.Module {}\nclass Net extends Base {\n  blocks = [new Block(), new Block()];\n}\n`,
      marks: "blocks",
      mended: "blocks = new torch.nn.ModuleList([new Block(), new Block()]);",
    },
    "heads in an object": {
      text: module(
        `  heads: Record<string, nn.Linear>;\n  constructor() {\n    super();\n    this.heads = { age: new nn.Linear(4, 1), size: new nn.Linear(4, 2) };\n  }\n  override forward(x: Tensor, name = "age"): Tensor {\n    for (const head of Object.values(this.heads)) console.log(head);\n    return this.heads[name]!(x).add(this.heads.size!(x));\n  }`,
      ),
      marks: "this.heads",
      mended: ["heads: nn.ModuleDict<nn.Linear>;", "new nn.ModuleDict({ age:", "of this.heads.values()", "this.heads[name]!(x)"],
    },
    "heads put into an object one by one": {
      text: module(
        `  heads: { [name: string]: nn.Linear } = {};\n  constructor(names: string[]) {\n    super();\n    for (const name of names) this.heads[name] = new nn.Linear(4, 1);\n  }`,
      ),
      marks: "heads",
      mended: ["heads: nn.ModuleDict = new nn.ModuleDict();", "this.heads.set(name, new nn.Linear(4, 1));"],
    },
    "heads in a Map": {
      text: module(
        `  heads = new Map<string, nn.Linear>();\n  constructor() {\n    super();\n    this.heads.set("a", new nn.Linear(4, 1));\n  }\n  override forward(x: Tensor): Tensor {\n    for (const [name, head] of this.heads) console.log(name, head, this.heads.size);\n    return this.heads.get("a")!(x);\n  }`,
      ),
      marks: "heads",
      mended: ["heads = new nn.ModuleDict();", 'this.heads.set("a"', "of this.heads.entries()", "this.heads.length", 'this.heads.get("a")!(x)'],
    },
    "heads in a Map from pairs": {
      text: module(`  heads = new Map([["a", new nn.Linear(4, 1)], ["b", new nn.Linear(4, 1)]]);`),
      marks: "heads",
      mended: 'new nn.ModuleDict([["a", new nn.Linear(4, 1)], ["b", new nn.Linear(4, 1)]])',
    },
    "layers in a Set": {
      text: module(`  layers = new Set([new nn.Linear(4, 4)]);\n${forward}`),
      marks: "layers",
      mended: "layers = new nn.ModuleList([new nn.Linear(4, 4)]);",
    },
    "parameters in an array": {
      text: `import { nn, randn } from "kindling";\nclass Net extends nn.Module {\n  weights: nn.Parameter[];\n  constructor() {\n    super();\n    this.weights = [1, 2].map((n) => new nn.Parameter(randn(n)));\n  }\n}\n`,
      marks: "this.weights",
      mended: ["weights: nn.ParameterList;", "new nn.ParameterList([1, 2].map("],
    },
    "parameters in an object": {
      text: `import { nn, randn } from "kindling";\nclass Net extends nn.Module {\n  scales = { a: new nn.Parameter(randn(1)) };\n}\n`,
      marks: "scales",
      mended: "scales = new nn.ParameterDict({ a: new nn.Parameter(randn(1)) });",
    },
    "dropout, which has to hear of eval()": {
      text: module(`  drops = [new nn.Dropout(0.1), new nn.Dropout(0.2)];`),
      marks: "drops",
      mended: "new nn.ModuleList([new nn.Dropout(0.1)",
    },
    "a list of lists, which no container takes as it is": { text: module(`  grid = [[new nn.Linear(4, 4)], [new nn.Linear(4, 4)]];`), marks: "grid" },
    "an array that is handed on, which no rewriting is certain for": {
      text: module(`  layers = [new nn.Linear(4, 4)];\n  all(): nn.Linear[] {\n    return this.layers;\n  }`),
      marks: "layers",
    },
    "an array whose places are filled": {
      text: module(`  layers: nn.Linear[] = [];\n  constructor() {\n    super();\n    for (let i = 0; i < 3; i++) this.layers[i] = new nn.Linear(4, 4);\n  }`),
      marks: "layers",
    },
  },
  good: {
    "containers of nn": module(
      `  a = new nn.ModuleList([new nn.Linear(4, 4)]);\n  b = new nn.ModuleDict({ x: new nn.Linear(4, 4) });\n  c = new nn.Sequential(new nn.Linear(4, 4));`,
    ),
    "an array that goes into a Sequential": module(
      `  net: nn.Sequential;\n  constructor() {\n    super();\n    const layers = [new nn.Linear(4, 4), new nn.ReLU()];\n    layers.push(new nn.Linear(4, 4));\n    this.net = new nn.Sequential(...layers);\n  }`,
    ),
    "an array beside the Sequential that its layers are in": module(
      `  layers: nn.Linear[];\n  net: nn.Sequential;\n  constructor() {\n    super();\n    this.layers = [new nn.Linear(4, 4), new nn.Linear(4, 4)];\n    this.net = new nn.Sequential(...this.layers);\n  }`,
    ),
    "layers that are registered by name": module(
      `  layers: nn.Linear[];\n  constructor() {\n    super();\n    this.layers = [new nn.Linear(4, 4)];\n    for (const [i, layer] of this.layers.entries()) this.addModule(String(i), layer);\n  }`,
    ),
    "a list of layers that are fields, too": module(
      `  fc1 = new nn.Linear(4, 4);\n  all: nn.Linear[];\n  constructor() {\n    super();\n    const fc2 = new nn.Linear(4, 4);\n    this.fc2 = fc2;\n    this.all = [this.fc1, fc2];\n  }\n  fc2: nn.Linear;`,
    ),
    "numbers, tensors and names": module(`  sizes = [4, 8];\n  names = { a: "x" };\n  seen = new Map<string, Tensor>();\n  trace: Tensor[] = [];`),
    "activations, which have nothing to learn": module(`  acts = { relu: new nn.ReLU(), tanh: new nn.Tanh() };`),
    "a teacher that is hidden on purpose, made elsewhere": `import { nn } from "kindling";\nconst teacher = new nn.Linear(4, 4);\nclass Net extends nn.Module {\n  hidden = [teacher];\n}\n`,
    "a class that tells of its parameters itself": module(
      "  layers = [new nn.Linear(4, 4)];\n  override parameters(): nn.Parameter[] {\n    return this.layers.flatMap((layer) => layer.parameters());\n  }",
    ),
    "a class that is no module": `import { nn } from "kindling";\nclass Ensemble {\n  models = [new nn.Linear(4, 4), new nn.Linear(4, 4)];\n}\n`,
    "a list of losses": module(`  losses = [new nn.MSELoss(), new nn.L1Loss()];`),
  },
});

testTwins({
  id: "layer-in-forward",
  bad: {
    "a layer in a variable": {
      text: module(
        `  constructor() {\n    super();\n    this.fc = new nn.Linear(4, 4);\n  }\n  fc: nn.Linear;\n  override forward(x: Tensor): Tensor {\n    const project = new nn.Linear(4, 2);\n    return project(this.fc(x).relu());\n  }`,
      ),
      marks: "new nn.Linear(4, 2)",
      mended: ["  project: nn.Linear;\n", "    this.project = new nn.Linear(4, 2);\n  }", "const project = this.project;"],
    },
    "a layer that is called at once, in a class without a constructor": {
      text: module(`  override forward(x: Tensor): Tensor {\n    return new nn.Conv2d(1, 4, 3)(x);\n  }`),
      marks: "new nn.Conv2d(1, 4, 3)",
      mended: ["  conv2d = new nn.Conv2d(1, 4, 3);\n", "return this.conv2d(x);"],
    },
    "a layer in a method that forward calls": {
      text: module(
        `  override forward(x: Tensor): Tensor {\n    return this.head(x);\n  }\n  head(x: Tensor): Tensor {\n    return new nn.Linear(4, 2)(x);\n  }`,
      ),
      marks: "new nn.Linear(4, 2)",
      mended: "return this.linear(x);",
    },
    "dropout, which eval() doesn't reach": {
      text: module(`  override forward(x: Tensor): Tensor {\n    return new nn.Dropout(0.5)(x);\n  }`),
      marks: "new nn.Dropout(0.5)",
      mended: "this.dropout(x)",
    },
    "a layer of a size that only the pass knows": {
      text: module(`  override forward(x: Tensor): Tensor {\n    return new nn.Linear(x.shape[1]!, 2)(x);\n  }`),
      marks: "new nn.Linear(x.shape[1]!, 2)",
    },
    "a whole Sequential, once": {
      text: module(`  override forward(x: Tensor): Tensor {\n    const net = new nn.Sequential(new nn.Linear(4, 4), new nn.ReLU());\n    return net(x);\n  }`),
      marks: "new nn.Sequential(new nn.Linear(4, 4), new nn.ReLU())",
      mended: "const net = this.net;",
    },
  },
  good: {
    "a layer that is made when it is first needed": module(
      `  fc?: nn.Linear;\n  override forward(x: Tensor): Tensor {\n    this.fc ??= new nn.Linear(x.shape[1]!, 2);\n    return this.fc(x);\n  }`,
    ),
    "the same with an if": module(
      `  fc: nn.Linear | null = null;\n  override forward(x: Tensor): Tensor {\n    if (!this.fc) this.fc = new nn.Linear(4, 2);\n    return this.fc(x);\n  }`,
    ),
    "activations and losses, which hold nothing": module(
      `  override forward(x: Tensor): Tensor {\n    return new nn.ReLU()(x).add(new nn.MSELoss()(x, x));\n  }`,
    ),
    "a layer that another method makes, before training": module(
      `  fc!: nn.Linear;\n  build(): void {\n    this.fc = new nn.Linear(4, 2);\n  }\n  override forward(x: Tensor): Tensor {\n    return this.fc(x);\n  }`,
    ),
  },
});

testTwins({
  id: "super-missing",
  bad: {
    "a constructor without it": {
      text: module("  fc: nn.Linear;\n  constructor() {\n    this.fc = new nn.Linear(4, 2);\n  }"),
      marks: "constructor",
      mended: "  constructor() {\n    super();\n    this.fc = new nn.Linear(4, 2);\n  }",
    },
    "an empty constructor": { text: module("  constructor() {}"), marks: "constructor", mended: "constructor() { super(); }" },
    "`this` before it": { text: module("  size: number;\n  constructor() {\n    this.size = 4;\n    super();\n  }"), marks: "this" },
  },
  good: {
    "super() first": module("  constructor() {\n    super();\n    this.train();\n  }"),
    "what needs no `this` before it": module("  constructor(size: number) {\n    const width = size * 2;\n    super();\n    console.log(width);\n  }"),
    "a class of another kind": 'import { nn } from "kindling";\nclass Base {}\nclass Thing extends Base {\n  constructor() {\n    console.log(nn);\n  }\n}\n',
  },
});

testTwins({
  id: "dropout-always-on",
  bad: {
    "dropout that isn't told": {
      text: module("  a = new nn.Linear(4, 8);\n\n  override forward(x: Tensor): Tensor {\n    return nn.functional.dropout(this.a(x), 0.5);\n  }"),
      marks: "nn.functional.dropout(this.a(x), 0.5)",
      mended: "nn.functional.dropout(this.a(x), 0.5, { training: this.training })",
    },
    "one with other options": {
      text: module("  a = new nn.Linear(4, 8);\n\n  override forward(x: Tensor): Tensor {\n    return nn.functional.alphaDropout(this.a(x), { p: 0.2 });\n  }"),
      marks: "nn.functional.alphaDropout(this.a(x), { p: 0.2 })",
      mended: "{ training: this.training, p: 0.2 }",
    },
  },
  good: {
    "dropout that is told": module(
      "  a = new nn.Linear(4, 8);\n\n  override forward(x: Tensor): Tensor {\n    return nn.functional.dropout(this.a(x), 0.5, this.training);\n  }",
    ),
    "by its name": module(
      "  a = new nn.Linear(4, 8);\n\n  override forward(x: Tensor): Tensor {\n    return nn.functional.dropout(this.a(x), { training: this.training });\n  }",
    ),
    "outside of a module": script("const noisy = nn.functional.dropout(randn(4, 4), 0.5);\nconsole.log(noisy);"),
  },
});

testTwins({
  id: "one-layer-repeated",
  bad: {
    "a list that is filled with one layer": {
      text: module(
        "  blocks = new nn.ModuleList(Array(3).fill(new nn.Linear(8, 8)));\n\n  override forward(x: Tensor): Tensor {\n    for (const block of this.blocks) x = block(x);\n    return x;\n  }",
      ),
      marks: "Array(3).fill(new nn.Linear(8, 8))",
      mended: "new nn.ModuleList(Array.from({ length: 3 }, () => new nn.Linear(8, 8)))",
    },
    "one that was made before": {
      text: script("const layer = new nn.Linear(4, 4);\nconst net = new nn.Sequential(...new Array(2).fill(layer));\nconsole.log(net);"),
      marks: "new Array(2).fill(layer)",
    },
  },
  good: {
    "layers without weights": module(
      "  acts = new nn.ModuleList(Array(3).fill(new nn.ReLU()));\n\n  override forward(x: Tensor): Tensor {\n    for (const act of this.acts) x = act(x);\n    return x;\n  }",
    ),
    "numbers": script("const widths = Array(3).fill(8);\nconsole.log(widths);"),
    "tensors": script("const noise = randn(3);\nnoise.fill_(2);\nconsole.log(noise);"),
  },
});
