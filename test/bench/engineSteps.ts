/** The engine's training steps beside those of other libraries. */
import { mean, median, milliseconds, spread } from "./numbers.ts";
import { javascriptLibraries, kindlings, pytorch } from "./peers/libraries.ts";
import { programs, train, type Peer, type Program } from "./peers/peer.ts";
import { Contestant, race } from "./race.ts";
import { held, type Row } from "./report.ts";
import type { Bench, Subject } from "./subject.ts";

/** Of one peer's share of a round; milliseconds. */
const duration = 1_200;

interface Field {
  readonly kindlings: readonly Peer[];
  readonly pytorch: Peer | undefined;
  readonly libraries: readonly Peer[];
}

/** The mean step of each round: with what comes every so many steps, as collecting garbage. */
type Means = ReadonlyMap<Contestant, readonly number[]>;

/** The row of our time and another's, held against the program's bar if there is one. */
function compare(what: string, ours: Contestant, theirs: Contestant, means: Means, bar?: number): Row {
  const row = { what: `${what}: ${ours.name}`, measured: spread(ours.numbers) };
  if (theirs.cannot !== undefined) return { ...row, against: theirs.name, verdict: `can't: ${theirs.cannot}` };
  const ratio = median(ours.numbers) / median(theirs.numbers);
  const ofMeans = median(means.get(ours)!) / median(means.get(theirs)!);
  const verdict = `× ${ratio.toFixed(2)}${bar === undefined ? "" : `, ≤ ${bar}: ${held(ratio, { atMost: bar })}`}; mean × ${ofMeans.toFixed(2)}`;
  return { ...row, against: `${theirs.name}: ${spread(theirs.numbers)}`, verdict };
}

async function measureProgram(program: Program, optimizer: string, field: Field, bench: Bench): Promise<Row[]> {
  const what = `${program.title}, ${optimizer}`;
  const ours = [...field.kindlings.map((peer) => new Contestant(peer)), new Contestant(field.kindlings[0]!, 2)];
  const theirs = field.pytorch ? [1, 2].map((threads) => new Contestant(field.pytorch!, threads)) : [];
  const others = field.libraries.map((peer) => new Contestant(peer));
  const means = new Map([...ours, ...theirs, ...others].map((contestant) => [contestant, [] as number[]]));
  await race(
    [...means.keys()],
    {
      what: `the first losses of ${what}`,
      ask: async (contestant) => {
        const answer = await train(contestant.peer, program, optimizer, duration, contestant.threads);
        if ("times" in answer) means.get(contestant)!.push(mean(answer.times));
        return answer;
      },
      numberOf: ({ times }) => median(times),
      valuesOf: ({ losses }) => losses,
    },
    bench,
  );
  bench.say(`${what}: ${milliseconds(median(ours[0]!.numbers))}`);
  const withPytorch = ours.flatMap((own) =>
    theirs.filter(({ threads }) => threads === own.threads).map((their) => compare(what, own, their, means, program.bar)),
  );
  return [...withPytorch, ...others.map((other) => compare(what, ours[0]!, other, means))];
}

export const engineSteps: Subject = {
  title: "training steps of the engine",
  method:
    "One training step (zero the gradients, forward, cross entropy, backward, optimizer, reading the loss), with one thread unless it says more. Weights, data and the masks of dropout come from the same generators; the first five losses must agree before anything is compared. Each library runs in a process of its own, alternating; the median of the rounds' medians (from the least to the largest). The verdict is our time divided by theirs: below 1 Kindling is faster; and the same of the rounds' mean steps, in which what comes every so many steps is counted, such as the collection of garbage. Kindling runs as the runner in VS Code does, and for comparison without V8's joining of vectors and in the Node of the command line; TensorFlow.js and jax-js on their WebAssembly backends, jax-js with each step compiled as one.",
  async measure(bench) {
    const field: Field = { kindlings: await kindlings(), pytorch: await pytorch(bench.say), libraries: await javascriptLibraries(bench.say) };
    const rows: Row[] = [];
    for (const program of Object.values(programs)) {
      for (const optimizer of program.optimizers) rows.push(...(await measureProgram(program, optimizer, field, bench)));
    }
    return rows;
  },
};
