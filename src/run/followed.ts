/** What was told of the samples that are followed through each model: the newest of each kind. */
import type { Batch, FollowedNews, Look, LookFailure, Tally } from "../protocol/index.ts";

export interface Followed {
  readonly batch?: Batch;
  readonly look?: Look;
  /** Why the newest look found nothing; absent where it did. */
  readonly failure?: LookFailure;
  /** The newest of training and of evaluation. */
  readonly tallies: readonly Tally[];
}

/** By `ModelInfo.id`. */
export type AllFollowed = ReadonlyMap<number, Followed>;

/** Models of which something is kept. */
const mostModels = 8;
const nothing: Followed = { tallies: [] };

export function follow(all: AllFollowed, news: FollowedNews): AllFollowed {
  switch (news.kind) {
    case "batch":
      return change(all, news.batch.model, (own) => ({ ...own, batch: news.batch }));
    case "look":
      return change(all, news.look.model, ({ batch, tallies }) => ({ ...(batch ? { batch } : {}), look: news.look, tallies }));
    case "failure":
      return change(all, news.failure.model, (own) => ({ ...own, failure: news.failure }));
    case "tally":
      return change(all, news.tally.model, (own) => ({ ...own, tallies: [...own.tallies.filter(({ pass }) => pass !== news.tally.pass), news.tally] }));
  }
}

/** The model that something was told of last stands last; those that nothing was told of for the longest time go. */
function change(all: AllFollowed, model: number, how: (own: Followed) => Followed): AllFollowed {
  const changed = new Map(all);
  changed.delete(model);
  changed.set(model, how(all.get(model) ?? nothing));
  return new Map([...changed].slice(-mostModels));
}
