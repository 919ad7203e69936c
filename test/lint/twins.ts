/** Programs with one mistake in them, and what is found and mended there. */
import assert from "node:assert/strict";
import { lint } from "../../src/lint/lint.ts";
import type { Fix, Problem } from "../../src/protocol/index.ts";
import type { LintId } from "../../src/run/lints.ts";

const file = "/models/net.model.ts";

export function found(text: string): readonly Problem[] {
  const problems = lint(file, text);
  assert.ok(problems, "the text could not be read");
  return problems;
}

/** The text that a problem marks. */
export function marked(text: string, { position, end }: Problem): string {
  assert.ok(position && end);
  return text.slice(offset(text, position), offset(text, end));
}

export function applied(text: string, fix: Fix): string {
  return fix.edits
    .map((edit, order) => ({ from: offset(text, edit.position), to: offset(text, edit.end), text: edit.text, order }))
    .toSorted((a, b) => b.from - a.from || b.order - a.order)
    .reduce((after, edit) => after.slice(0, edit.from) + edit.text + after.slice(edit.to), text);
}

function offset(text: string, { line, column }: { readonly line: number; readonly column: number }): number {
  const before = text.split("\n").slice(0, line - 1);
  return before.reduce((sum, one) => sum + one.length + 1, 0) + column - 1;
}

export interface Twins {
  readonly id: LintId;
  /** What is wrong → the program, the text that is marked, and a part of what the fix makes of it. */
  readonly bad: Readonly<Record<string, { readonly text: string; readonly marks: string | readonly string[]; readonly mended?: string | readonly string[] }>>;
  /** What looks alike and is right → the program. */
  readonly good: Readonly<Record<string, string>>;
}

/** Each bad program is marked there and nowhere else, and a fix leaves nothing to complain of; of the good ones nothing is said. */
export function testTwins({ id, bad, good }: Twins): void {
  describe(id, () => {
    for (const [what, { text, marks, mended }] of Object.entries(bad)) {
      it(`finds ${what}`, () => {
        const problems = found(text);
        assert.deepEqual(
          problems.map((problem) => [problem.code, marked(text, problem)]),
          [marks].flat().map((mark) => [id, mark]),
        );
        for (const { fixes = [] } of mended === undefined ? problems : []) assert.deepEqual(fixes, []);
        if (mended === undefined) return;
        const after = problems.reduce((now) => {
          const [next] = found(now);
          return next?.fixes?.[0] ? applied(now, next.fixes[0]) : now;
        }, text);
        for (const part of [mended].flat()) assert.ok(after.includes(part), after);
        assert.deepEqual(found(after), [], after);
      });
    }
    for (const [what, text] of Object.entries(good)) {
      it(`says nothing of ${what}`, () =>
        assert.deepEqual(
          found(text).map((problem) => [problem.code, marked(text, problem)]),
          [],
        ));
    }
  });
}

/** A module class with that body, behind the imports. */
export const module = (body: string): string => `import { nn, type Tensor } from "kindling";\n\nclass Net extends nn.Module {\n${body}\n}\n`;

/** A training script around these lines. */
export const script = (lines: string): string =>
  `import { data, nn, noGrad, optim, randint, randn, type Tensor } from "kindling";

const model = new nn.Sequential(new nn.Linear(4, 8), new nn.ReLU(), new nn.Dropout(0.1), new nn.Linear(8, 3));
const trainLoader = new data.DataLoader(new data.TensorDataset(randn(64, 4), randint(0, 3, [64])), { batchSize: 8, shuffle: true });
const valLoader = new data.DataLoader(new data.TensorDataset(randn(64, 4), randint(0, 3, [64])), { batchSize: 8 });
const lossFn = new nn.CrossEntropyLoss();
const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
${/\bscheduler\b/.test(lines) ? "const scheduler = new optim.lrScheduler.StepLR(optimizer, 2);\n" : ""}${lines}
`;
