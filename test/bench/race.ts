/** Rounds in which each contestant runs once, so that the machine's moods meet all of them alike. */
import { checkAgreement, type Peer, type Unable } from "./peers/peer.ts";
import type { Bench } from "./subject.ts";

/** A peer with so many threads, and what came of it. */
export class Contestant {
  readonly peer: Peer;
  readonly threads: number;
  readonly name: string;
  /** One of each round. */
  readonly numbers: number[] = [];
  /** Why it runs no more. */
  cannot: string | undefined;

  constructor(peer: Peer, threads = 1) {
    this.peer = peer;
    this.threads = threads;
    this.name = threads === 1 ? peer.name : `${peer.name}, ${threads} threads`;
  }
}

export interface Discipline<Answer> {
  readonly what: string;
  ask(contestant: Contestant): Promise<Answer | Unable>;
  /** What is kept of an answer. */
  numberOf(answer: Answer): number;
  /** What all have to agree on, so that they are known to compute the same; nothing by default. */
  valuesOf?(answer: Answer): readonly number[];
}

/** @throws if the first can't, or if somebody computes something else than the first */
export async function race<Answer extends object>(
  contestants: readonly Contestant[],
  { what, ask, numberOf, valuesOf }: Discipline<Answer>,
  { calm, rounds }: Bench,
): Promise<void> {
  let reference: readonly number[] | undefined;
  for (let round = 0; round < rounds; round++) {
    await calm.wait();
    for (const contestant of contestants) {
      if (contestant.cannot !== undefined) continue;
      const answer = await ask(contestant);
      if ("cannot" in answer) {
        contestant.cannot = (answer as Unable).cannot;
        if (contestant === contestants[0]) throw new Error(`${what}: ${contestant.cannot}`);
        continue;
      }
      const values = valuesOf?.(answer as Answer);
      if (values && reference) checkAgreement(what, reference, values, contestant.peer);
      reference ??= values;
      contestant.numbers.push(numberOf(answer as Answer));
    }
  }
}
