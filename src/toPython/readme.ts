/** What a project says of itself. */
import type { DrawnData } from "./drawnData.ts";

interface File {
  readonly path: string;
}

/** @param name the program's file */
export function readme(name: string, files: readonly File[], drawn: readonly DrawnData[]): string {
  const has = (path: string): boolean => files.some((each) => each.path === path);
  const parts = [
    has("model.py") && "- `model.py`: the classes",
    "- `train.py`: everything else, from the data to the last line that is printed",
    has("starting_weights.py") && "- `starting_weights.py`: reads weights at the beginning, when `train.py` is told to",
    has("starting_weights.py") && "- `weights.pt`: the weights that the training began with in Kindling, as `torch.load` reads them",
    drawn.length > 0 && `- \`data.npz\`: ${listed(drawn.map((each) => `\`${each.name}\``))}, which the program drew with \`Math.random()\``,
  ];
  return `# ${name} in PyTorch

What \`${name}\` does in Kindling, as Python. Under the same seed it prints the same numbers, to the rounding of float32.

\`\`\`
pip install -r requirements.txt
python train.py
\`\`\`
${has("starting_weights.py") ? "\nTo begin with the very weights that Kindling began with, whatever the seed:\n\n```\npython train.py --weights weights.pt\n```\n" : ""}
${parts.filter((part) => part !== false).join("\n")}
`;
}

const listed = (names: readonly string[]): string => (names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`);
