/** What JavaScript does by itself, a program's Python does, too: each program's lines are those that JavaScript prints. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { runInNewContext } from "node:vm";
import { toPython } from "../../src/toPython/index.ts";
import { temporaryFolder } from "../harness/temporary.ts";
import { hasTorch, printedByPython } from "../python/python.ts";

const programs: Readonly<Record<string, string>> = {
  "regular expressions find texts, groups and places": `
    const date = /(?<year>\\d{4})-(?<month>\\d\\d)/.exec("on 2024-05 and");
    console.log(date?.groups?.year, date?.[2], date?.index, /x/.exec("abc")?.[0] ?? "nothing");
    for (const [, name, digits] of "a1b22c333".matchAll(/([a-z])(\\d+)/g)) console.log(name, digits.length);
    const [all, word] = "key=value".match(/(\\w+)=/);
    console.log(all, word, "a1b2".match(/\\d/g).join("+"), ("abc".match(/\\d/g) ?? []).length, "ab12".search(/\\d/), "ab".search(/\\d/));`,
  "regular expressions replace": `
    console.log("hello world".replace(/o(.)/g, "<$1>"), "hello".replace(/l/, "L"), "x.y".replaceAll(".", "-"), "a b".split(/\\s+/).join("|"));
    console.log("title case".replace(/\\b\\w/g, (letter) => letter.toUpperCase()), "2x3".replace(/(\\d)x(\\d)/, (_, a, b) => b + "x" + a));`,
  "texts are read as numbers as far as they go": `
    console.log(parseInt("12px"), parseInt("ff", 16), parseFloat("3.5em"), Number(""), Number("0x1f"), Number("2.5"), Number.isNaN(Number("abc")));
    console.log(["1", "2x", "3"].map(parseFloat).map((x) => x * 3).join(" "));`,
  "numbers are written in other bases": `console.log((5).toString(2), (255).toString(16).padStart(4, "0"), (8).toString(8), String(12).length);`,
  "JSON has no spaces, and is read by its fields": `
    console.log(JSON.stringify({ lr: 0.5, sizes: [1, 2], on: true, none: null, text: "é" }), JSON.stringify([1, { a: 2 }], null, 2));
    const read = JSON.parse('[{"epoch": 3, "loss": 0.25}]');
    console.log(read[0].epoch, read[0].loss, read.length);`,
  "a class does something with itself once it is there": `
    class Registry {
      static names = [];
      static first = new Registry("first");
      static { Registry.names.push("block"); this.names.push("again"); }
      constructor(name) { this.name = name; }
    }
    console.log(Registry.names.join(), Registry.first.name);`,
  "what is taken out of a list is given": `
    const values = [1, 2, 3, 4, 5];
    const [last] = values.splice(-1);
    const middle = values.splice(1, 2, 9);
    values.splice(-1, 1);
    console.log(last, middle.join(), values.join());`,
  "lists are searched and folded from behind, and flattened by a condition": `
    const values = [3, 1, 4, 1, 5];
    console.log(values.findLastIndex((x) => x === 1), values.findLastIndex((x) => x > 9), values.reduceRight((text, x) => text + x, ""));
    console.log(values.flatMap((x, i) => (x > 2 ? [x, i] : [])).join(), values.findLast((x) => x < 4));`,
  "entries are left out where they aren't named": `
    const rows = [[1, 2, 3], [4, 5, 6]];
    console.log(rows.map(([, b]) => b).join(), rows.map(([a]) => a).join());
    const [, second] = "a=b=c".split("=");
    console.log(second);`,
  "Math's functions are values": `
    const pick = (how) => (how === "min" ? Math.min : Math.max);
    console.log(pick("min")(3, 1, 2), pick("max")(...[3, 1]), [4, 9].map(Math.sqrt).map((x) => x.toFixed(1)).join(), [1.5, 2.5].map(Math.floor).join());`,
  "whole numbers that get too large are rounded": `
    let seed = 7;
    for (let i = 0; i < 5; i++) seed = (seed * 1103515245 + 12345) % 2147483648;
    console.log((seed / 2147483648).toFixed(12));`,
  "what a callback takes apart has its defaults, and a map may be filled while it is folded": `
    const detections = [{ label: "cat", score: 1 }, { score: 2 }];
    console.log(detections.map(({ label = "?", score }) => label + score).join());
    const counts = ["a", "b", "a"].reduce((all, word) => all.set(word, (all.get(word) ?? 0) + 1), new Map());
    console.log([...counts].map((pair) => pair.join(":")).join());`,
  "a field that has no value yet is asked for": `
    class Lazy {
      #value;
      get value() { return (this.#value ??= this.#compute()); }
      #compute() { return 7; }
    }
    const lazy = new Lazy();
    console.log(lazy.value, lazy.value);`,
  "remainders have the sign of what is divided": `console.log((-7 % 3), [5, 6].map((_, i) => (i - 1 + 2) % 2).join());`,
  "errors have a message, a name and a cause": `
    class Missing extends Error {}
    try {
      try { throw new RangeError("too far"); } catch (error) { throw new Error("failed", { cause: error }); }
    } catch (error) { console.log(error.message, error.name, error.cause.message, error.code === undefined); }
    try { throw new Missing("gone"); } catch ({ message }) { console.log(message); }`,
};

/** What the program prints by itself. */
function printedHere(source: string): string {
  const lines: string[] = [];
  runInNewContext(source, { console: { log: (...values: readonly unknown[]) => lines.push(values.map(String).join(" ")) } });
  return lines.map((line) => `${line}\n`).join("");
}

describe("JavaScript's own in Python", function () {
  this.timeout(60_000);
  for (const [name, source] of Object.entries(programs)) {
    it(name, async function () {
      const { code, problems } = toPython(source, "/program.model.ts");
      assert.deepEqual(problems, []);
      if (!(await hasTorch())) return this.skip();
      const folder = temporaryFolder("javascript");
      writeFileSync(join(folder, "train.py"), code);
      assert.equal(await printedByPython(folder, ["train.py"]), printedHere(source));
    });
  }
});
