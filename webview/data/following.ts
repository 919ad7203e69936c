/** What a person looks at in the Data tab, and the asking for it: one question at a time, the newest wins. */
import { computed, effect, signal, type ReadonlySignal } from "@preact/signals";
import { mostWanted, type Ablation, type LookRequest, type Wanted } from "../../src/protocol/index.ts";
import type { Followed } from "../../src/run/followed.ts";
import type { Store } from "../store.ts";

/** The runner forgets who doesn't say again that they look; milliseconds. */
const renewal = 10_000;
/** An answer that takes longer may never come: the program is in the middle of something. */
const patience = 3_000;

export type View = "sample" | "confusion" | "worst";

export class Following {
  readonly #store: Store;
  readonly view = signal<View>("sample");
  readonly sample = signal(0);
  readonly hold = signal(false);
  readonly follow = signal(true);
  readonly training = signal(false);
  readonly ablations = signal<readonly Ablation[]>([]);
  /** What is in sight, by who shows it. */
  readonly #wanted = signal<ReadonlyMap<string, Wanted>>(new Map());
  readonly #again = signal(0);
  /** The question that waits for its answer. */
  #waitingFor = 0;
  #askedAt = 0;
  #asked: LookRequest | null = null;
  #lastText = "";
  #id = 0;
  /** What is switched off is of this model. */
  #model = -1;

  readonly followed: ReadonlySignal<Followed | undefined>;
  /** Whether the program can still answer. */
  readonly isAlive = computed(() => this.#isRunning());

  constructor(store: Store) {
    this.#store = store;
    this.followed = computed(() => {
      const model = store.model.value;
      return model ? store.run.value?.followed.get(model.id) : undefined;
    });
  }

  /** To be called while the tab is in sight; returns what ends it. */
  begin(): () => void {
    const stop = effect(() => this.#askIfChanged());
    const renew = window.setInterval(() => this.#asked && this.#isRunning() && this.#send(this.#asked), renewal);
    return () => {
      stop();
      clearInterval(renew);
      if (this.#asked && this.#isRunning()) this.#store.post({ type: "steer", steering: { type: "look", look: null } });
      this.#asked = null;
      this.#lastText = "";
      this.#waitingFor = 0;
    };
  }

  want(key: string, wanted: Wanted): void {
    this.#wanted.value = new Map(this.#wanted.peek()).set(key, wanted);
  }

  forget(key: string): void {
    const rest = new Map(this.#wanted.peek());
    if (rest.delete(key)) this.#wanted.value = rest;
  }

  lookAgain(): void {
    this.#again.value++;
  }

  isAblated({ module, part, index }: Ablation): boolean {
    return this.ablations.value.some((one) => one.module === module && one.part === part && one.index === index);
  }

  /** Switches a unit or head off, or on again. */
  toggle(ablation: Ablation): void {
    const { module, part, index } = ablation;
    const others = this.ablations.peek().filter((one) => one.module !== module || one.part !== part || one.index !== index);
    const isNew = others.length === this.ablations.peek().length;
    this.ablations.value = isNew ? [...others, ablation].slice(-mostWanted) : others;
  }

  #isRunning(): boolean {
    const state = this.#store.run.value?.state;
    return state === "running" || state === "paused";
  }

  #askIfChanged(): void {
    const { look, failure } = this.followed.value ?? {};
    const question = this.#question();
    if (!question || !this.#isRunning()) return;
    const isAnswered = look?.id === this.#waitingFor || failure?.id === this.#waitingFor;
    if (isAnswered) this.#waitingFor = 0;
    if (this.#waitingFor !== 0 && performance.now() - this.#askedAt < patience) return;
    const text = JSON.stringify([question, this.#again.value]);
    if (text === this.#lastText) return;
    this.#lastText = text;
    this.#asked = { ...question, id: ++this.#id + firstId };
    this.#waitingFor = this.#asked.id;
    this.#askedAt = performance.now();
    this.#send(this.#asked);
  }

  #question(): Omit<LookRequest, "id"> | null {
    const model = this.#store.model.value;
    if (model && model.id !== this.#model) {
      this.#model = model.id;
      this.ablations.value = [];
    }
    return (
      model && {
        model: model.id,
        sample: this.sample.value,
        hold: this.hold.value,
        follow: this.follow.value,
        training: this.training.value,
        wanted: [...this.#wanted.value.values()].slice(0, mostWanted),
        ablations: this.ablations.value,
        boundary: true,
      }
    );
  }

  #send(look: LookRequest): void {
    this.#store.post({ type: "steer", steering: { type: "look", look } });
  }
}

/** Numbers of questions differ from page to page: a page that was loaded anew must not take an old answer for its own. */
const firstId = Math.floor(performance.timeOrigin % 1e9) * 1_000;

const known = new WeakMap<Store, Following>();

/** The one of this page; it lives on while the tab is out of sight. */
export function followingOf(store: Store): Following {
  const following = known.get(store) ?? new Following(store);
  known.set(store, following);
  return following;
}
