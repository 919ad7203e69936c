/** All that lies outside of a program and its seeds: recorded while it runs, and answered as then when it is run again. */
import { syncBuiltinESMExports } from "node:module";
import type { WorldAnswers } from "../../keep/worldAnswers.ts";
import { answerInput } from "../input.ts";
import { Answers } from "./answers.ts";
import { answerChance } from "./chance.ts";
import { answerClock } from "./clock.ts";
import { WorldFiles } from "./files.ts";
import { watchReach } from "./reach.ts";
import { Readings, type ReadingsOptions } from "./readings.ts";

export interface WorldOptions {
  /** What the world answered then; none where the program runs for the first time. */
  readonly past?: readonly WorldAnswers[];
  /** Folders that are none of the program's business. */
  readonly foreign: readonly string[];
  readonly tell: (answers: readonly WorldAnswers[]) => void;
  /** The world isn't what it was. Doesn't return while the run is repeated. */
  readonly parted: (reason: string) => never;
  /** Given where what the program reads from tensors is of interest. */
  readonly readings?: Pick<ReadingsOptions, "hops" | "leavesOut" | "astray">;
}

export class World {
  readonly #answers: Answers;
  readonly readings: Readings | undefined;
  #isRepeating: boolean;

  /** Create before the program runs. */
  constructor({ past, foreign, tell, parted, readings }: WorldOptions) {
    this.#isRepeating = past !== undefined;
    const isRepeating = (): boolean => this.#isRepeating;
    const answers = (this.#answers = new Answers(past ?? [], tell));
    answerClock(answers);
    answerChance(answers);
    answerInput(answers, isRepeating);
    new WorldFiles({ answers, foreign, isRepeating, parted });
    watchReach(isRepeating, parted);
    syncBuiltinESMExports();
    this.readings = readings && new Readings({ ...readings, answers, isRepeating, parted });
  }

  /** What the engine's generator begins with. @param now where the program runs for the first time */
  seed(now: number | bigint): bigint {
    return BigInt(this.#answers.ask("seed", () => String(now)));
  }

  /** The repetition has come to where it goes on: what it does from now on is done. */
  arrive(): void {
    this.readings?.arrive();
    this.#isRepeating = false;
  }

  /** Something was changed in the run: from now on it is another one. */
  leaveRecord(): void {
    if (!this.#isRepeating) this.#answers.forget();
  }

  flush(): void {
    this.#answers.flush();
  }
}
