/** What every subject of the benchmark is given and gives back. */
import type { Calm } from "./machine.ts";
import type { Row } from "./report.ts";

export interface Bench {
  /** The packed extension; packs it where nobody has asked before. */
  vsix(): Promise<string>;
  readonly calm: Calm;
  /** Rounds of a measurement; each subject may take more where one is cheap. */
  readonly rounds: number;
  /** For people: what is being measured now. */
  say(text: string): void;
  /** A picture for docs/pictures/, as SVG. */
  draw(name: string, picture: string): void;
}

export interface Subject {
  readonly title: string;
  readonly method: string;
  measure(bench: Bench): Promise<readonly Row[]>;
}
