/** Runs a program as a repetition runs it: every operation is watched until something isn't finite. */
import { Script } from "node:vm";
import * as engine from "../../src/engine/index.ts";
import { setInstrument, watchOperations } from "../../src/engine/instrument.ts";
import { Search } from "../../src/observe/badNumbers/search.ts";
import { explained, type Explanation } from "../../src/observe/badNumbers/words.ts";

const name = "searched-program.js";

/** @returns what was found; `undefined` where all stays finite */
export function searched(text: string): Explanation | undefined {
  const names = Object.keys(engine).filter((known) => known !== "var" && text.match(/\b[a-z]\w*/g)!.includes(known));
  const program = new Script(`(({ ${names.join(", ")} }) => {${text}\n})`, { filename: name }).runInThisContext() as (names: typeof engine) => void;
  let explanation: Explanation | undefined;
  const source = {
    program: name,
    locate: (line: number, column: number) => ({ file: name, line, column }),
    variableAt: () => undefined,
    declaredAt: () => undefined,
    fieldAt: () => undefined,
    isModuleClass: () => true,
    nameInProgram: (constructor: Function) => constructor.name,
    loopAt: () => undefined,
    callAt: () => undefined,
  };
  const search = new Search({ source, agrees: () => true, found: (found) => (explanation = explained(found, source)) });
  setInstrument(search);
  watchOperations(search);
  engine.manualSeed(0);
  try {
    program(engine);
  } catch (error) {
    // What a program does with its broken numbers is of no interest.
    if (!explanation) throw error;
  } finally {
    setInstrument(null);
    watchOperations(null);
  }
  return explanation;
}

/** The line that has the mark, from 1. */
export function markedLine(text: string, mark = "// here"): number {
  return text.split("\n").findIndex((line) => line.includes(mark)) + 1;
}
