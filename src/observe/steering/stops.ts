/** Where a person can stop the program: between its steps, and before calls that are stepped through. What is to change does there. */
import { areGhosts } from "../../engine/memory/reading.ts";
import type { AnyModule } from "../../engine/nn/module.ts";
import type { Destination, Place, RunEvent, SourcePosition } from "../../protocol/index.ts";
import type { Checkpoints } from "../checkpoints/checkpoints.ts";
import type { ModelSearch } from "../measuring/modelSearch.ts";
import type { ModelWatches } from "../measuring/modelWatches.ts";
import { callerPosition } from "../program/construction.ts";
import type { ProgramSource } from "../program/programSource.ts";
import type { Report } from "../report.ts";
import type { SampleWatch } from "../sample/sampleWatch.ts";
import type { Course } from "../steps/course.ts";
import { Advance } from "./advance.ts";
import type { Gate } from "./gate.ts";
import type { Interventions, Wish } from "./interventions.ts";
import { Retrace, type RepeatedCourse } from "./retrace.ts";

export interface StopsParts {
  readonly course: Course;
  readonly gate: Gate;
  readonly source: ProgramSource;
  readonly watches: ModelWatches;
  readonly search: ModelSearch;
  readonly samples: SampleWatch;
  readonly interventions: Interventions;
  readonly checkpoints: Checkpoints;
  readonly report: Report;
  readonly tell: (event: RunEvent) => void;
  /** The run that this one repeats. */
  readonly repeated?: RepeatedCourse | undefined;
}

export class Stops {
  readonly #parts: StopsParts;
  readonly #advance = new Advance();
  /** The step that was under way when the program last passed between two of them, and whether it is passing now. */
  #passedBefore = -1;
  #isBetweenSteps = false;
  /** Where the program is held up, while it is. */
  #placeOf: (() => Place) | undefined;

  /** Made once: the program passes here in every step. */
  readonly #between = (): Place => {
    const { course, interventions } = this.#parts;
    return { step: course.steps, epoch: course.epochs.upcoming, waiting: interventions.waiting };
  };

  #retrace: Retrace | undefined;

  constructor(parts: StopsParts) {
    this.#parts = parts;
    this.#retrace = parts.repeated && new Retrace(parts.repeated);
  }

  /**
   * A module is about to be called.
   * @param below the caller, whose frames don't count
   */
  callStarts(module: AnyModule, below: Function): void {
    if (!this.#advance.followsCalls || !this.#advance.callStarts()) return;
    const position = callerPosition(this.#parts.source, below);
    this.#parts.gate.hold();
    this.#pass(() => this.#placeBefore(module, position));
  }

  /** Its call is over, one way or the other. */
  callEnds(): void {
    this.#advance.callEnds();
  }

  /** A loss goes backward. */
  trains(): void {
    this.#advance.trains();
  }

  /** An optimizer is about to step: a program whose loops do not tell has no other place between its steps. */
  beforeStep(): void {
    if (this.#parts.course.iterations.index > this.#passedBefore) this.betweenSteps();
    else this.#parts.gate.look();
  }

  /** Between two steps, or two `backward()`s of a step: nothing is half done, so what is to change does. */
  betweenSteps(): void {
    const { course, gate, interventions, checkpoints } = this.#parts;
    checkpoints.betweenSteps();
    this.#passedBefore = course.iterations.index;
    this.#isBetweenSteps = true;
    const passage = interventions.passes();
    if (this.#retrace) this.#goOn(this.#retrace, passage);
    this.#settle();
    if (this.#advance.isAt(course.steps, course.epochs.upcoming)) gate.hold();
    this.#pass(this.#between);
    this.#isBetweenSteps = false;
  }

  /** On the way of another run: what was changed in it is, until it has come to where it is paused. */
  #goOn(retrace: Retrace, passage: number): void {
    const { course, gate, interventions } = this.#parts;
    if (retrace.hasArrived(course.steps)) {
      this.#retrace = undefined;
      gate.hold();
    } else {
      for (const wish of retrace.wishesAt(passage)) interventions.ask(wish);
    }
  }

  /** Sets out for another stop. Returns whether single batches or modules are looked at on the way. */
  setOut(to: Destination): boolean {
    this.#advance.setOut(to);
    return this.#advance.isClose;
  }

  /** Whether the program is held up. */
  get isStanding(): boolean {
    return this.#placeOf !== undefined;
  }

  /** What a person wants changed is, as soon as the program stands between two steps. */
  change(wish: Wish): void {
    this.#parts.interventions.ask(wish);
    this.#settle();
  }

  /** Shows the samples that a person looks at. */
  follow(): void {
    const { course, samples, watches } = this.#parts;
    if (samples.isAsked && !areGhosts()) samples.pass(watches.models, course.underWay, course.time.now);
  }

  #settle(): void {
    const { interventions, search, report } = this.#parts;
    if (this.#isBetweenSteps && interventions.settle()) {
      search.find();
      report.tellOptimizers();
    }
    if (this.#placeOf) this.#tellPlace(this.#placeOf);
  }

  #pass(place: () => Place): void {
    const { course, gate, search, report } = this.#parts;
    course.clock.stop();
    course.time.stood(
      gate.pass(() => {
        this.#advance.stands();
        if (search.isToCome) search.find();
        this.#placeOf = place;
        report.tellAll();
        this.#tellPlace(place);
      }),
    );
    this.#placeOf = undefined;
    this.follow();
    course.clock.go();
  }

  #tellPlace(placeOf: () => Place): void {
    this.#parts.tell({ type: "place", place: placeOf() });
  }

  #placeBefore(module: AnyModule, position: SourcePosition | undefined): Place {
    const { course, watches, interventions } = this.#parts;
    const owner = watches.models.find(({ modules }) => (modules as readonly unknown[]).includes(module));
    const path = owner?.info.modules[(owner.modules as readonly unknown[]).indexOf(module)]!.path ?? "";
    const called = { path, type: module.constructor.name, ...(owner && { model: owner.info.id }), ...(position && { position }) };
    return { ...course.underWay, module: called, waiting: interventions.waiting };
  }
}
