// Who may import from whom: the directions that docs/architecture.md draws. `imports.mjs` holds each import against this.

/** Folder → the other folders of the house that it may import from, types included, and which packages. */
export const houses = {
  "src/protocol": { from: [], packages: [] },
  "src/run": { from: ["src/protocol"], packages: [] },
  "src/lint": { from: ["src/protocol", "src/run"], packages: ["@babel/parser", "@babel/types"] },
  "src/keep": { from: ["src/protocol", "src/run"], packages: [/^node:/] },
  "src/client": { from: ["src/protocol", "src/run"], packages: [/^node:/] },
  "src/fromPython": { from: ["src/toPython"], packages: ["@lezer/common", "@lezer/python"] },
  "src/engine": { from: [], packages: ["papaparse", "fflate", "fast-png", "jpeg-js"] },
  "src/observe": { from: ["src/protocol", "src/run", "src/engine"], packages: [] },
  "src/onnx": { from: ["src/engine", "src/observe"], packages: [] },
  "src/runner": {
    from: ["src/protocol", "src/run", "src/keep", "src/engine", "src/observe", "src/onnx"],
    packages: [/^node:/, "esbuild", "acorn", "@jridgewell/trace-mapping"],
  },
  "src/agents": { from: ["src/protocol", "src/run", "src/lint", "src/keep", "src/client"], packages: [/^node:/] },
  "src/toPython": { from: ["src/protocol"], packages: [/^@babel\//] },
  "src/cli": {
    from: [
      "src/protocol",
      "src/run",
      "src/lint",
      "src/keep",
      "src/client",
      "src/engine",
      "src/observe",
      "src/runner",
      "src/toPython",
      "src/fromPython",
      "src/agents",
    ],
    packages: [/^node:/, /^@modelcontextprotocol\//],
  },
  "src/extension": {
    from: ["src/protocol", "src/run", "src/lint", "src/keep", "src/client", "src/toPython", "src/fromPython", "src/agents"],
    packages: [/^node:/, "vscode"],
  },
  "webview": {
    from: ["src/protocol", "src/run"],
    packages: [/^preact/, /^@preact\//, "uplot", /^uplot\//, /^@vscode-elements\//, /^@vscode\/codicons/, "@dagrejs/dagre"],
  },
};

/** What the build puts everywhere. */
export const everywhere = ["src/globals.ts"];

/**
 * Inside these houses each layer imports from those before it and from its own; the engine's types may be named anywhere
 * in it. The longest path that a file begins with is its layer; a file without one is refused.
 */
export const layers = {
  "src/engine": [
    ["errors.ts", "warnings.ts", "dtypeNames.ts", "dtype.ts", "shape.ts", "device.ts", "cuda.ts", "instrument.ts"],
    ["kernels"],
    ["memory"],
    ["random"],
    // A tensor and its graph know each other.
    ["tensor.ts", "autograd"],
    ["ops"],
    ["forms", "random/numpyRandom.ts"],
    ["nn"],
    ["io"],
    ["distributions"],
    ["optim"],
    ["data"],
    ["log.ts"],
    ["api"],
    ["index.ts"],
  ],
  "src/observe": [
    ["program"],
    ["models"],
    ["steps"],
    ["graph", "sample", "values"],
    ["checkpoints"],
    ["badNumbers"],
    ["tracing"],
    ["measuring"],
    ["weights"],
    ["curves"],
    ["lints"],
    ["report.ts"],
    ["steering"],
    ["observer.ts"],
  ],
};

/** What deals in addresses in linear memory: whole files, or single names of a file; and the folders that may use them. */
export const pointers = {
  files: ["kernels/exports.ts", "kernels/generated.ts", "kernels/load.ts", "memory/heap.ts", "memory/linear.ts", "memory/workspace.ts"],
  names: { "memory/residents.ts": ["address", "reserveBlock"] },
  seenBy: ["kernels", "memory", "ops"],
};
