/** How long the numbers above a class, and the shapes beside its lines, are those of yesterday. */
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as after } from "node:timers/promises";
import { Editor } from "../harness/editor.ts";
import { repository, temporaryFolder } from "../harness/temporary.ts";
import { eventually } from "../harness/wait.ts";
import type { Workbench } from "../harness/workbench.ts";
import { median, spread } from "./numbers.ts";
import { held, type Row } from "./report.ts";
import { stopwatch, type Sight } from "./stopwatch.ts";
import type { Bench, Subject } from "./subject.ts";

/** What the editor shows anew after a save. */
interface Feedback {
  readonly name: string;
  sight(file: Edited, width: number): Sight;
  /** Milliseconds. */
  readonly bar: number;
  /** What isn't on the screen with the first line, which is typed in, has no hints. */
  readonly files: readonly Edited[];
}

/** Milliseconds for what is Kindling's own. */
const ownBar = 150;
/** The user reads and types in between; the runner for the next save gets ready meanwhile. Milliseconds. */
const pause = 2_500;

interface Edited {
  /** Within the examples. */
  readonly folder: string;
  readonly name: string;
  /** What is replaced by `width`, so that the first line of the file decides it. */
  readonly replace: string;
  readonly by: string;
  readonly widths: { readonly first: number; readonly others: (round: number) => number };
  /** Parameters of the model in the lens. */
  readonly count: (width: number) => number;
}

const edited: readonly Edited[] = [
  {
    folder: "tutorial",
    name: "17-deep-resnet.model.ts",
    replace: "new DeepResNet(20, 64, 10",
    by: "new DeepResNet(20, width, 10",
    widths: { first: 64, others: (round) => 65 + round },
    // The first and the last layer; six blocks of two linear layers and two norms.
    count: (width) => 21 * width + 10 * width + 10 + 6 * (2 * (width * width + width) + 4 * width),
  },
  {
    folder: ".",
    name: "simple-classifier.model.ts",
    replace: "new SimpleClassifier(20, 64, 3)",
    by: "new SimpleClassifier(20, width, 3)",
    widths: { first: 64, others: (round) => 65 + round },
    count: (width) => 20 * width + width + 2 * width + width * width + width + 2 * width + 3 * width + 3,
  },
  {
    folder: ".",
    name: "digits.model.ts",
    replace: "this.hidden1 = new nn.Linear(64, 128);\n    this.hidden2 = new nn.Linear(128, 64);",
    by: "this.hidden1 = new nn.Linear(64, width);\n    this.hidden2 = new nn.Linear(width, 64);",
    widths: { first: 128, others: (round) => 129 + round },
    count: (width) => 64 * width + width + width * 64 + 64 + 64 * 10 + 10,
  },
];

const lens: Feedback = {
  name: "lens",
  sight: ({ count }, width) => ({ selector: ".codelens-decoration", text: `${count(width).toLocaleString("en-US")} params` }),
  bar: 400,
  files: edited,
};
const hint: Feedback = {
  name: "hint",
  // Of a text that was edited the old shapes stand on, so that the new width is what tells.
  sight: (_file, width) => ({ selector: ".view-line [class*='dyn-rule']", text: `, ${width}]` }),
  bar: 500,
  files: edited.slice(0, 2),
};

function folderWith({ folder: within, name, replace, by, widths }: Edited): string {
  const folder = temporaryFolder("save");
  cpSync(join(repository, "examples", within), folder, { recursive: true });
  const text = readFileSync(join(folder, name), "utf8");
  if (!text.includes(replace)) throw new Error(`${name} no longer contains ${replace}`);
  writeFileSync(join(folder, name), `const width = ${widths.first};\n${text.replace(replace, by)}`);
  return folder;
}

/** Types the new width, saves, and resolves to the milliseconds from the key press to the sight of what it comes to. */
async function saved({ page }: Workbench, width: number, sight: Sight): Promise<number> {
  await page.keyboard.press("Control+Home");
  await page.keyboard.press("Shift+End");
  await page.keyboard.type(`const width = ${width};`);
  const elapsed = await stopwatch(page, { key: "s" }, sight);
  await page.keyboard.press("Control+S");
  return elapsed();
}

/** The milliseconds that each of the editor's inspections has taken so far, as the extension's log says. */
function inspections(editor: Editor): number[] {
  return [...editor.diary().matchAll(/inspect .*: finished after (\d+) ms/g)].map(([, time]) => Number(time));
}

async function measureFile(editor: Editor, file: Edited, feedback: Feedback, { calm, rounds }: Bench): Promise<Row[]> {
  const workbench = await editor.openWorkbench(folderWith(file), {
    "editor.quickSuggestions": { other: "off" },
    "editor.wordBasedSuggestions": "off",
  });
  await workbench.openFile(file.name);
  const first = feedback.sight(file, file.widths.first);
  await workbench.page.locator(first.selector, { hasText: first.text! }).first().waitFor();
  await workbench.page.locator(".editor-group-container.active .view-line").first().click();
  const times: number[] = [];
  const ours: number[] = [];
  for (let round = 0; round < 2 * rounds; round++) {
    await after(pause);
    await calm.wait();
    const width = file.widths.others(round);
    const before = inspections(editor).length;
    times.push(await saved(workbench, width, feedback.sight(file, width)));
    ours.push(
      (
        await eventually(
          "the inspection in the log",
          () => inspections(editor),
          (all) => all.length > before,
        )
      ).at(-1)!,
    );
  }
  await workbench.close();
  const { name, bar } = feedback;
  return [
    { what: `Save → ${name}, ${file.name}`, measured: spread(times), against: `< ${bar} ms`, verdict: held(median(times), { atMost: bar }) },
    { what: `of it Kindling's inspection, ${file.name}`, measured: spread(ours), against: `< ${ownBar} ms`, verdict: held(median(ours), { atMost: ownBar }) },
  ];
}

async function measure(feedback: Feedback, bench: Bench): Promise<Row[]> {
  const editor = await Editor.start(await bench.vsix());
  try {
    const rows: Row[] = [];
    for (const file of feedback.files) rows.push(...(await measureFile(editor, file, feedback, bench)));
    return rows;
  } finally {
    await editor.close();
  }
}

export const saveToLens: Subject = {
  title: "from a save to the new numbers in the lens",
  method:
    "In the real editor: the width of a layer is typed anew and saved; from the key press of Ctrl+S until a lens with the new count stands in the page (`MutationObserver`). A runner is warm, as it is some two seconds after the last save. Median of ten saves. The inspection is what Kindling does, from VS Code's word that the file is saved to all numbers, as its log says; the rest is VS Code's: it saves, waits 250 ms until it asks for lenses (during which the inspection runs), and 250 ms more until it shows them.",
  measure: (bench) => measure(lens, bench),
};

export const saveToHint: Subject = {
  title: "from a save to the new shapes beside the code",
  method:
    "As above, until an inlay hint with the new width stands in the page. The inspection tells all values at its end, and VS Code waits after that until it asks for hints.",
  measure: (bench) => measure(hint, bench),
};
