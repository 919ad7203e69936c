/** What a project says of itself. */
import type { DrawnData } from "./drawnData.ts";
import type { Alone, Sharing } from "./manyProcesses.ts";

interface Project {
  /** The program's file, and its text. */
  readonly name: string;
  readonly source: string;
  readonly files: readonly { readonly path: string }[];
  readonly drawn: readonly DrawnData[];
  readonly sharing: Sharing | Alone;
  /** Whose weights come along, in words. */
  readonly trained?: string;
}

export function readme(project: Project): string {
  const { name, files } = project;
  const has = (path: string): boolean => files.some((each) => each.path === path);
  return [
    `# ${name} in PyTorch`,
    `What \`${name}\` does in Kindling, as Python. Under the same seed it prints the same numbers, to the rounding of float32.`,
    shell("pip install -r requirements.txt", "python train.py"),
    has("starting_weights.py") &&
      `${project.trained === undefined ? "To begin with the very weights that Kindling began with, whatever the seed" : `To begin with what was learned in Kindling, by ${project.trained}`}:\n\n${shell("python train.py --weights weights.pt")}`,
    fileList(project, has),
    "why" in project.sharing ? alone(project.sharing) : together(project.source, project.sharing),
  ]
    .filter((part) => part !== false)
    .join("\n\n")
    .concat("\n");
}

const shell = (...lines: readonly string[]): string => ["```", ...lines, "```"].join("\n");

function fileList({ drawn, trained }: Project, has: (path: string) => boolean): string {
  return [
    has("model.py") && "- `model.py`: the classes",
    "- `train.py`: everything else, from the data to the last line that is printed",
    has("starting_weights.py") &&
      `- \`weights.pt\`: ${trained === undefined ? "the weights that the training began with" : `the weights of ${trained}`}, as \`torch.load\` reads them; \`starting_weights.py\` does`,
    drawn.length > 0 && `- \`data.npz\`: ${listed(drawn.map((each) => `\`${each.name}\``))}, which the program drew with \`Math.random()\``,
    has("distributed.py") && "- `distributed.py`: what lets `train.py` run in many processes; `train.slurm` is how a cluster is asked for them",
  ]
    .filter((part) => part !== false)
    .join("\n");
}

const listed = (names: readonly string[]): string => (names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`);

const alone = ({ why, line }: Alone): string => `This training stays with one process: ${line > 0 ? `line ${line}: ` : ""}${why}.`;

function together(source: string, { hasEpochs }: Sharing): string {
  const notes = [
    "The size of a batch stays what the program says: each process takes its part of it. So losses and weights stay the same, to rounding, however many there are.",
    "With GPUs each process has its own (NCCL), else all compute on processors (gloo).",
    "Only the first process prints and writes files. Each goes through the held-out data itself.",
    hasEpochs
      ? "`--checkpoint checkpoint.pt` writes models, optimizers, schedules and random states after each epoch, and `--resume` goes on from there. Other variables that the program carries from one epoch to the next begin anew."
      : "There are no checkpoints: the program has no loop over epochs.",
    "`--amp` computes in bfloat16 where that is safe; `--fsdp` shares out the weights of a model that is too large for one GPU (PyTorch 2.3 or later).",
    /BatchNorm/.test(source) &&
      "Batch norm becomes `SyncBatchNorm` on GPUs. On processors each process normalizes its own part of a batch, so numbers differ there.",
    /[dD]ropout/.test(source) && "Dropout draws other elements when the batch is divided otherwise, so numbers differ there by chance.",
  ];
  return `## Many processes

${shell("torchrun --nproc_per_node=4 train.py", "torchrun --nnodes=2 --nproc_per_node=4 --rdzv_backend=c10d --rdzv_endpoint=HOST:29500 train.py")}

${notes
  .filter((note) => note !== false)
  .map((note) => `- ${note}`)
  .join("\n")}`;
}
