/** The engine's training steps beside those of other libraries. */
import { join } from "node:path";
import { temporaryFolder } from "../harness/temporary.ts";
import { bundleProgram } from "./bundle.ts";
import { median, milliseconds } from "./numbers.ts";
import { isThere, programs, train, versionOf, type Peer, type Trained } from "./peers/peer.ts";
import type { Row } from "./report.ts";
import type { Subject } from "./subject.ts";

/** Of one peer's share of a round; milliseconds. */
const duration = 1_200;
/** First losses may differ by rounding only. */
const tolerance = 2e-4;

const folder = join(import.meta.dirname, "peers");

const others: readonly Peer[] = [
  // The Debian package is for Debian's own Python.
  { name: "PyTorch", command: process.env["KINDLING_PYTORCH_PYTHON"] ?? "/usr/bin/python3", args: [join(folder, "pytorch.py")], environment: { OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1" } },
];

/** Our own peer on the engine in dist/, as a user's program would import it. */
async function kindling(): Promise<Peer> {
  const program = await bundleProgram(join(folder, "kindling.ts"), join(temporaryFolder("peer"), "kindling.mjs"));
  return { name: "Kindling", command: process.execPath, args: [program], environment: { KINDLING_THREADS: "1" } };
}

/** @throws where two peers train different networks, so that their times must not be compared */
function checkLosses(what: string, ours: Trained, theirs: Trained, peer: Peer): void {
  ours.losses.forEach((loss, i) => {
    const other = theirs.losses[i]!;
    if (!(Math.abs(loss - other) <= tolerance * Math.max(1, Math.abs(other)))) {
      throw new Error(`${what}: the first losses differ: Kindling ${ours.losses.join(", ")}; ${peer.name} ${theirs.losses.join(", ")}`);
    }
  });
}

export const engineSteps: Subject = {
  title: "training steps of the engine",
  method:
    "One training step (zero the gradients, forward, cross entropy, backward, optimizer, reading the loss), one thread. Weights and data come from one deterministic generator; the first five losses must agree before anything is compared. Each library runs in a process of its own, alternating; the median of the rounds' medians. The verdict is our time divided by theirs: below 1 Kindling is faster.",
  async measure({ calm, rounds, say }) {
    const own = await kindling();
    const peers: Peer[] = [];
    for (const peer of others) {
      if (await isThere(peer)) peers.push({ ...peer, name: await versionOf(peer) });
      else say(`${peer.name} is not on this machine`);
    }
    const rows: Row[] = [];
    for (const [name, program] of Object.entries(programs)) {
      for (const optimizer of program.optimizers) {
        const what = `${program.title}, ${optimizer}`;
        const times = new Map([own, ...peers].map((peer) => [peer, [] as number[]]));
        for (let round = 0; round < rounds; round++) {
          await calm.wait();
          const ours = await train(own, name, optimizer, duration);
          times.get(own)!.push(median(ours.times));
          for (const peer of peers) {
            const theirs = await train(peer, name, optimizer, duration);
            checkLosses(what, ours, theirs, peer);
            times.get(peer)!.push(median(theirs.times));
          }
        }
        const mine = median(times.get(own)!);
        if (peers.length === 0) rows.push({ what, measured: milliseconds(mine) });
        for (const peer of peers) {
          const theirs = median(times.get(peer)!);
          rows.push({ what, measured: milliseconds(mine), against: `${peer.name}: ${milliseconds(theirs)}`, verdict: `× ${(mine / theirs).toFixed(2)}` });
        }
        say(`${what}: ${milliseconds(mine)}`);
      }
    }
    return rows;
  },
};
