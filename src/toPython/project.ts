/** A Kindling program as a project of PyTorch's: its classes in `model.py`, the rest in `train.py`, its other files as modules. */
import type { Problem } from "../protocol/index.ts";
import { Additions } from "./additions.ts";
import type { ReadFile } from "./context.ts";
import { distributedFile, slurmFile } from "./distributedFile.ts";
import { drawnData, type DrawnData } from "./drawnData.ts";
import { expression } from "./expressions.ts";
import { pythonFile } from "./imports.ts";
import { shareTraining, type Alone, type Sharing } from "./manyProcesses.ts";
import { optimizedModels } from "./optimized.ts";
import { modelPart } from "./parts.ts";
import { readme } from "./readme.ts";
import { parseProgram, type Node } from "./syntax.ts";
import { toPython, type ToPythonOptions } from "./toPython.ts";
import { weightsFile } from "./weightsFile.ts";

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
  /** Tensors that `train.py` reads from `data.npz`, by the variables that hold them here. */
  readonly drawn: readonly { readonly name: string; readonly line: number }[];
  /** Whether many processes can share the training, or why not. */
  readonly sharing: Sharing | Alone;
}

/** @param file the absolute path of the program @param trained whose weights `weights.pt` holds, in words; without, those that the training begins with */
export function pythonProject(source: string, file: string, read: ReadFile, trained?: string): PythonProject {
  const root = file.split("/").slice(0, -1).join("/");
  const name = file.split("/").at(-1)!;
  if (isBroken(source)) return { files: [], problems: toPython(source, file).problems, data: [], drawn: [], sharing: { why: "it can't be read", line: 0 } };
  const part = modelPart(source);
  const model = part.names.length > 0 ? toPython(source, file, { read, root, only: part.isModel }) : undefined;
  const options: ToPythonOptions = {
    read,
    root,
    only: (node) => !part.isModel(node),
    ...(model && { from: { module: "model", names: part.names } }),
  };
  const { program } = parseProgram(source);
  const translated = new Additions();
  toPython(source, file, { read, root, additions: translated });
  const shared = new Additions();
  const sharing = shareTraining(program, translated, shared);
  const additions = "why" in sharing ? new Additions() : shared;
  if ("why" in sharing) beginWithWeights(program, translated, additions);
  const drawn = drawnData(program, translated);
  for (const each of drawn) additions.putAround(each.value, () => readDrawn(each));
  if (drawn.length > 0) for (const line of ["from pathlib import Path", "import numpy as np", "import torch"]) additions.imports.add(line);
  const train = toPython(source, file, { ...options, additions });
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
  if (!("why" in sharing)) files.push({ path: "distributed.py", text: distributedFile }, { path: "train.slurm", text: slurmFile(sharing.hasEpochs) });
  if (additions.imports.has(beginWith) || !("why" in sharing)) files.push({ path: "starting_weights.py", text: weightsFile });
  const own = problems.filter(
    (problem, i) =>
      problems.findIndex(
        ({ message, position }) => message === problem.message && position?.line === problem.position?.line && position?.file === problem.position?.file,
      ) === i,
  );
  return {
    files: [
      ...files,
      { path: "requirements.txt", text: requirements(files) },
      { path: "README.md", text: readme({ name, source, files, drawn, sharing, ...(trained !== undefined && { trained }) }) },
    ],
    problems: own,
    data: [...data],
    drawn,
    sharing,
  };
}

function isBroken(source: string): boolean {
  try {
    parseProgram(source);
    return false;
  } catch {
    return true;
  }
}

const readDrawn = ({ name, isWhole }: DrawnData): string =>
  `torch.from_numpy(np.load(Path(__file__).parent / "data.npz")[${JSON.stringify(name)}])${isWhole ? ".long()" : ""}`;

const beginWith = "from starting_weights import begin_with";

/** Right before an optimizer gets a model's parameters, they are those of a file if one was asked for. */
function beginWithWeights(program: Node, translated: Additions, additions: Additions): void {
  for (const { construction, models } of optimizedModels(program, translated)) {
    if (models.length === 0) continue;
    additions.imports.add(beginWith);
    additions.putBefore(construction, (context) => models.map((model) => `begin_with(${expression(context, model).text})`));
  }
}

/** `new URL("./digits.csv", import.meta.url)` */
const dataBeside = (source: string): string[] =>
  [...source.matchAll(/new URL\(\s*["'`]\.\/([^"'`]+)["'`]\s*,\s*import\.meta\.url\s*\)/g)].map(([, name]) => name!);

const requirements = (files: readonly ProjectFile[]): string =>
  ["torch>=1.13", ...(files.some(({ text }) => /^import numpy/m.test(text)) ? ["numpy"] : [])].map((line) => `${line}\n`).join("");
