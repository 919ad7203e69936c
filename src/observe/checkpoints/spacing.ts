/** When the next checkpoint is due: often, as long as all of them together take a small share of the run's time. */

/** The share, 0 to 1. What a run is promised to be slowed by at most is 3 %: the last checkpoint is taken whatever it costs, and memory is busy, too. */
const budget = 0.02;
/** Milliseconds between two at least, and the part of the run so far that lies between two of them. */
const shortestInterval = 100;
const shareOfElapsed = 1 / 50;
/** Only round steps are taken, so that two runs of the same program have many in common: multiples of a power of 2, about such a part of the run so far. */
const partsOfRun = 64;
/** Bytes that are kept in a millisecond, as long as none were; less than any machine of today does. */
const guessedRate = 200_000;

/** Where a loop that trained is over, and most likely another begins, one that takes a small part of the budget may be taken a little early. */
const [smallPart, overdraft] = [1 / 8, 1.25];

export interface PossibleMoment {
  /** That the run has taken. */
  readonly step: number;
  /** Milliseconds since the run began. */
  readonly now: number;
  /** Milliseconds that checkpoints took beside the program. */
  readonly elsewhere: number;
  /** Whether a loop that trained is over. */
  readonly isLoopEnd: boolean;
}

export class Spacing {
  #lastTime = 0;
  /** Milliseconds that they took, and how many there were. */
  #spent = 0;
  #count = 0;

  /** @param size bytes of a checkpoint, about; asked for only where it matters */
  isDue({ step, now, elsewhere, isLoopEnd }: PossibleMoment, size: () => number): boolean {
    const isTime = isRound(step) && now - this.#lastTime >= Math.max(shortestInterval, now * shareOfElapsed);
    if (!isTime && !isLoopEnd) return false;
    const spent = this.#spent + elsewhere;
    const next = this.#count > 0 ? spent / this.#count : size() / guessedRate;
    const [room, part] = [now * budget, isLoopEnd ? overdraft : 1];
    return (isTime || next <= room * smallPart) && spent + next <= room * part;
  }

  /** @param cost milliseconds of the program's */
  taken(now: number, cost: number): void {
    this.#lastTime = now;
    this.#spent += cost;
    this.#count++;
  }
}

function isRound(step: number): boolean {
  return step % 2 ** Math.max(0, Math.floor(Math.log2(step / partsOfRun))) === 0;
}
