/** Mistakes that the text alone doesn't show, as people write them. */
import assert from "node:assert/strict";
import { basename } from "node:path";
import { sourceText } from "../../../src/client/sourceText.ts";
import { Complaints } from "../../../src/lint/complaints.ts";
import { isLint } from "../../../src/run/lints.ts";
import { emptySnapshot } from "../../../src/run/snapshot.ts";
import { marks, wordings } from "../../lint/wordings.ts";
import { run } from "../job.ts";

const isProgram = (name: string): boolean => name.endsWith(".model.ts");
const shownByRuns = wordings.filter(({ text }) => marks(text, "run").length > 0);
/** What a file that several import says is said with each of them. */
const imported = new Map(
  shownByRuns.filter(({ name }) => !isProgram(name)).map(({ name, text }) => [name, marks(text, "run").map((mark) => `${mark} of ${name}`)]),
);
const own = ({ name, text }: (typeof wordings)[number]): readonly string[] => marks(text, "run").map((mark) => `${mark} of ${name}`);
const programs = wordings.filter(
  ({ name, text }) => isProgram(name) && (marks(text, "run").length > 0 || [...imported.keys()].some((one) => text.includes(`./${one}`))),
);

describe("a run shows, and says nothing else", function () {
  this.timeout(60_000);
  for (const program of programs) {
    it(program.name.replace(".model.ts", ""), async () => {
      const complaints = new Complaints(program.file, sourceText);
      complaints.ofText();
      const snapshot = emptySnapshot({ runId: "", file: program.file, mode: "train", startedAt: 0 });
      const { events } = await run(program.file);
      const said = events.flatMap((event) => (event.type === "problem" ? complaints.of(event, snapshot) : [])).filter(({ code }) => isLint(code));
      const expected = [...own(program), ...[...imported].flatMap(([name, all]) => (program.text.includes(`./${name}`) ? all : []))];
      assert.deepEqual(said.map(({ code, position }) => `${code} in line ${position!.line} of ${basename(position!.file)}`).sort(), expected.sort());
    });
  }
});
