import assert from "node:assert/strict";
import { sourceText } from "../../src/client/sourceText.ts";
import { Complaints } from "../../src/lint/complaints.ts";
import type { RunEvent } from "../../src/protocol/index.ts";
import { lintProblem } from "../../src/run/lints.ts";
import { emptySnapshot } from "../../src/run/snapshot.ts";
import { Folder } from "../runner/job.ts";

const hidden = 'import { nn } from "kindling";\nexport class Net extends nn.Module {\n  layers = [new nn.Linear(4, 4)];\n}\n';

const run = emptySnapshot({ runId: "", file: "/models/net.model.ts", mode: "inspect", startedAt: 0 });

describe("on the command line", () => {
  let folder: Folder;
  beforeEach(() => (folder = new Folder()));
  afterEach(() => folder.remove());

  const codes = (problems: readonly { readonly code: string }[]): string[] => problems.map(({ code }) => code);

  it("what the text shows is told before the run, and not again by it", () => {
    const file = folder.write("net.model.ts", hidden);
    const complaints = new Complaints(file, sourceText);
    assert.deepEqual(codes(complaints.ofText()), ["hidden-modules"]);
    assert.deepEqual(complaints.of({ type: "files", files: [file] }, run), []);
    const measured = lintProblem("hidden-modules", { message: "as it ran", position: { file, line: 3, column: 3 } });
    assert.deepEqual(complaints.of({ type: "problem", problem: measured }, run), []);
  });

  it("files that the model file imports are read as well", () => {
    const file = folder.write("net.model.ts", 'import { Net } from "./net.ts";\nnew Net();\n');
    const other = folder.write("net.ts", hidden);
    const complaints = new Complaints(file, sourceText);
    assert.deepEqual(complaints.ofText(), []);
    const [found] = complaints.of({ type: "files", files: [file, other] }, run);
    assert.deepEqual([found?.code, found?.position?.file], ["hidden-modules", other]);
  });

  it("a comment silences what the text and what the run shows", () => {
    const file = folder.write("net.model.ts", hidden.replace("];", "]; // kindling: ignore hidden-modules, dead-units"));
    const complaints = new Complaints(file, sourceText);
    const dead: RunEvent = { type: "problem", problem: lintProblem("dead-units", { message: "dead", position: { file, line: 3, column: 3 } }) };
    assert.deepEqual([...complaints.ofText(), ...complaints.of(dead, run)], []);
  });

  it("other problems are told as they come, however often", () => {
    const complaints = new Complaints(folder.write("net.model.ts", hidden), sourceText);
    const problem: RunEvent = { type: "problem", problem: { severity: "error", code: "thrown", message: "no" } };
    assert.deepEqual(codes([...complaints.of(problem, run), ...complaints.of(problem, run)]), ["thrown", "thrown"]);
  });
});
