/** A program's Python prints in real PyTorch what the program prints here, and so does what comes of it when it comes back. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hasTorch, printedByPython } from "../python/python.ts";
import { printedBy } from "../runner/job.ts";
import { expected, published, translated, written, type Program } from "./programs.ts";
import { back, halved, plain, travelled } from "./roundTrip.ts";

const NUMBER = /-?\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)?/g;

/** The same words; numbers with decimals to a thousandth or one in their last place, others exactly. */
function assertSame(actual: string, wanted: string): void {
  const [lines, theirs] = [actual, wanted].map((text) => text.trimEnd().split("\n")) as [string[], string[]];
  assert.deepEqual(lines.map(words), theirs.map(words));
  lines.forEach((line, i) => {
    const [ours, others] = [numbers(line), numbers(theirs[i]!)];
    others.forEach((text, k) => assert.ok(isClose(ours[k]!, text), `${line}\n${theirs[i]}`));
  });
}

// JavaScript writes a small exponent with one digit, Python with two.
const words = (line: string): string => line.replace(NUMBER, "#");
const numbers = (line: string): string[] => line.match(NUMBER) ?? [];

function isClose(ours: string, theirs: string): boolean {
  const [a, b] = [ours, theirs].map((text) => Number(text.replaceAll(",", ""))) as [number, number];
  const decimals = /\.(\d+)(?!.*e)/.exec(theirs)?.[1]?.length;
  if (decimals === undefined) return a === b;
  return Math.abs(a - b) <= Math.max(1.01 * 10 ** -decimals, 1e-3 * Math.abs(b));
}

const printed = new Map<string, Promise<string>>();

/** What the program prints here; it runs once for all that ask. */
function printedHere({ file }: Program): Promise<string> {
  const text = printed.get(file) ?? printedBy(file);
  printed.set(file, text);
  return text;
}

/** What the program prints as Python. */
async function asPython(program: Program): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "kindling-python-"));
  try {
    const files = translated(program);
    for (const file of files) writeFileSync(join(folder, file.name), file.program.code);
    return await printedByPython(folder, [files[0]!.name]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe("the Python of a program", function () {
  this.timeout(120_000);

  for (const program of [...written, ...published]) {
    it(`is the one that PyTorch has run: ${program.name}`, () => {
      const files = translated(program);
      assert.deepEqual(
        files.flatMap((file) => file.program.problems),
        [],
      );
      assert.equal(files[0]!.program.code, readFileSync(expected(program, "py"), "utf8"));
    });
  }

  for (const program of written) {
    it(`prints what the program prints here: ${program.name}`, async () => {
      assertSame(await printedHere(program), readFileSync(expected(program, "txt"), "utf8"));
    });

    it(`prints that under the PyTorch of this machine: ${program.name}`, async function () {
      // Without PyTorch the kept text stands for it.
      if (!(await hasTorch())) this.skip();
      assertSame(await asPython(program), readFileSync(expected(program, "txt"), "utf8"));
    });
  }

  it("says for each of its lines which line it is of, in the order of the source inside each statement", () => {
    const { code, lines } = translated(published.find(({ name }) => name === "circle")!)[0]!.program;
    const source = readFileSync(published.find(({ name }) => name === "circle")!.file, "utf8").split("\n");
    const python = code.trimEnd().split("\n");
    assert.equal(lines.length, python.length);
    const beside = (text: string): string => source[lines[python.findIndex((line) => line.includes(text))]! - 1]!;
    assert.match(beside("nn.Linear(32, 16), nn.ReLU(),"), /new nn\.Linear\(32, 16\)/);
    assert.match(beside("loss.backward()"), /loss\.backward\(\)/);
    assert.match(beside("with torch.no_grad():"), /noGrad/);
    assert.match(beside("def __len__"), /get length/);
  });
});

describe("a program that went to Python and back", function () {
  this.timeout(120_000);
  for (const program of travelled) {
    it(`prints the same: ${program.name}`, async () => {
      const again = join(back(program), `${program.name}.model.ts`);
      const [first, second] = await Promise.all([printedHere(program), printedBy(again)]);
      // Halves are rounded as in Python by then.
      if (halved.test(program.name)) assertSame(plain(second), plain(first));
      else assert.equal(plain(second), plain(first));
    });
  }
});
