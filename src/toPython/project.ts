/** A Kindling program as a project of PyTorch's: its classes in `model.py`, the rest in `train.py`, its other files as modules. */
import type { Problem } from "../protocol/index.ts";
import type { ReadFile } from "./context.ts";
import { modelPart } from "./parts.ts";
import { pythonFile } from "./imports.ts";
import { toPython } from "./toPython.ts";

export interface ProjectFile {
  /** Inside the folder, with `/`. */
  readonly path: string;
  readonly text: string;
}

export interface PythonProject {
  readonly files: readonly ProjectFile[];
  readonly problems: readonly Problem[];
  /** Files that the program reads by a name beside it, to be copied along: `digits.csv`. */
  readonly data: readonly string[];
}

/** @param file the absolute path of the program */
export function pythonProject(source: string, file: string, read: ReadFile): PythonProject {
  const root = file.split("/").slice(0, -1).join("/");
  const name = file.split("/").at(-1)!;
  const part = modelPart(source);
  const model = part.names.length > 0 ? toPython(source, file, { read, root, only: part.isModel }) : undefined;
  const train = toPython(source, file, { read, root, only: (node) => !part.isModel(node), ...(model && { from: { module: "model", names: part.names } }) });
  const files: ProjectFile[] = [...(model ? [{ path: "model.py", text: model.code }] : []), { path: "train.py", text: train.code }];
  const problems = [...(model?.problems ?? []), ...train.problems];
  const data = new Set(dataBeside(source));
  const done = new Set([file]);
  const open = [...(model?.imports ?? []), ...train.imports];
  for (let other = open.pop(); other !== undefined; other = open.pop()) {
    const text = read(other);
    if (text === undefined || done.has(other)) continue;
    done.add(other);
    const made = toPython(text, other, { read, root });
    files.push({ path: pythonFile(root, other), text: made.code });
    problems.push(...made.problems);
    open.push(...made.imports);
    for (const each of dataBeside(text)) data.add(each);
  }
  const own = problems.filter(
    (problem, i) =>
      problems.findIndex(
        ({ message, position }) => message === problem.message && position?.line === problem.position?.line && position?.file === problem.position?.file,
      ) === i,
  );
  return {
    files: [...files, { path: "requirements.txt", text: requirements(files) }, { path: "README.md", text: readme(name, files) }],
    problems: own,
    data: [...data],
  };
}

/** `new URL("./digits.csv", import.meta.url)` */
const dataBeside = (source: string): string[] =>
  [...source.matchAll(/new URL\(\s*["'`]\.\/([^"'`]+)["'`]\s*,\s*import\.meta\.url\s*\)/g)].map(([, name]) => name!);

const requirements = (files: readonly ProjectFile[]): string =>
  ["torch>=1.13", ...(files.some(({ text }) => /^import numpy/m.test(text)) ? ["numpy"] : [])].map((line) => `${line}\n`).join("");

function readme(name: string, files: readonly ProjectFile[]): string {
  const has = (path: string): boolean => files.some((each) => each.path === path);
  return `# ${name} in PyTorch

What \`${name}\` does in Kindling, as Python. Under the same seed it prints the same numbers, to the rounding of float32.

\`\`\`
pip install -r requirements.txt
python train.py
\`\`\`

${has("model.py") ? "- `model.py`: the classes\n" : ""}- \`train.py\`: everything else, from the data to the last line that is printed
`;
}
