/** A row for each run: its line, where its series ended, what differs. */
import { Fragment } from "preact";
import { bestOf, bestPlaces, type ComparedRun } from "../../src/run/comparison.ts";
import { formatNumber } from "../../src/run/numbers.ts";
import { quantile } from "../../src/run/quantile.ts";
import { LineSwatch } from "../curves/curveChart.tsx";
import { Icon, IconButton } from "../frame/icon.tsx";
import type { Traced } from "./charts.ts";
import type { ComparisonStore } from "./comparisonStore.ts";

/** A value of a series that each run has one of. */
interface Column {
  readonly title: string;
  readonly series: string;
  readonly of: (run: ComparedRun) => number | undefined;
}

/** What a rate was at the end is no result. */
const isResult = (series: string): boolean => series !== "lr" && !series.startsWith("lr/");

function columnsOf(series: readonly string[], runs: readonly ComparedRun[]): Column[] {
  return series.filter(isResult).flatMap((name): Column[] => {
    const last: Column = { title: `${name}, last`, series: name, of: ({ ends }) => ends[name]?.last };
    const best: Column = { title: `${name}, best`, series: name, of: ({ ends }) => bestOf(name, ends[name]) };
    return runs.some((run) => best.of(run) !== undefined) ? [last, best] : [last];
  });
}

export function RunTable({ store }: { store: ComparisonStore }) {
  const runs = store.runs.value!;
  const { equal, groups } = store.choices.value;
  const settings = store.settings.value;
  const columns = columnsOf(store.series.value, runs);
  const best = columns.map(({ series, of }) => new Set(bestPlaces(series, runs.map(of)).map((place) => runs[place]!)));
  return (
    <section class="compare-runs" aria-label="Runs">
      <div class="toolbar">
        <span class="muted compare-what">{settings.length === 0 && !equal ? "Nothing differs in code, settings and versions." : ""}</span>
        {store.hasGroups.value && (
          <button
            type="button"
            class="text-toggle"
            aria-pressed={groups}
            title="Runs that differ in their seed only, as their median and quartiles"
            onClick={() => store.choose({ groups: !groups })}
          >
            seeds as bands
          </button>
        )}
        <button
          type="button"
          class="text-toggle"
          aria-pressed={equal}
          title="Show what is the same in all runs, too"
          onClick={() => store.choose({ equal: !equal })}
        >
          equal too
        </button>
      </div>
      <div class="compare-scroll" tabIndex={0} role="group" aria-label="What differs between the runs">
        <table class="table compare-table">
          <thead>
            <tr>
              <th scope="col">Run</th>
              {columns.map(({ title }) => (
                <th scope="col" key={title}>
                  {title}
                </th>
              ))}
              {settings.map((name) => (
                <th scope="col" key={name}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {store.traced.value.map((line) => (
              <Fragment key={line.key}>
                {line.runs.length > 1 && <GroupRow store={store} line={line} columns={columns} rest={settings.length} />}
                {line.runs.map((run) => (
                  <tr key={run.id} data-testid="compared-run">
                    <th scope="row">{line.runs.length > 1 ? <Name store={store} run={run} /> : <Line store={store} line={line} run={run} />}</th>
                    {columns.map(({ title, of }, i) => (
                      <td key={title}>
                        {best[i]!.has(run) && <Icon name="star-full" label="the best" />}
                        {formatNumber(of(run))}
                      </td>
                    ))}
                    {settings.map((name) => (
                      <td key={name}>{run.settings[name] || "–"}</td>
                    ))}
                  </tr>
                ))}
              </Fragment>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

/** The median of a group, and between which values half of it lies. */
function GroupRow({ store, line, columns, rest }: { store: ComparisonStore; line: Traced; columns: readonly Column[]; rest: number }) {
  return (
    <tr class="compare-group" data-testid="compared-group">
      <th scope="row">
        <Switch store={store} line={line} />
      </th>
      {columns.map(({ title, of }) => {
        const values = line.runs
          .flatMap((run) => of(run) ?? [])
          .filter(Number.isFinite)
          .sort((a, b) => a - b);
        return (
          <td key={title} title="Median, and between which values half of the runs lie">
            {values.length === 0
              ? "–"
              : `${formatNumber(quantile(values, 0.5))} (${formatNumber(quantile(values, 0.25))} … ${formatNumber(quantile(values, 0.75))})`}
          </td>
        );
      })}
      {rest > 0 && <td colSpan={rest} />}
    </tr>
  );
}

function Line({ store, line, run }: { store: ComparisonStore; line: Traced; run: ComparedRun }) {
  return (
    <span class="compare-name">
      <Switch store={store} line={line} />
      <Actions store={store} run={run} />
    </span>
  );
}

function Name({ store, run }: { store: ComparisonStore; run: ComparedRun }) {
  return (
    <span class="compare-name compare-member">
      {run.title}
      <Actions store={store} run={run} />
    </span>
  );
}

/** Shows a line and hides it. */
function Switch({ store, line }: { store: ComparisonStore; line: Traced }) {
  return (
    <label class="compare-switch">
      <input type="checkbox" checked={!store.choices.value.off.includes(line.key)} onChange={() => store.toggle(line.key)} />
      <LineSwatch line={{ colour: line.colour, place: line.round }} />
      <span class="compare-title">{line.label}</span>
    </label>
  );
}

function Actions({ store, run }: { store: ComparisonStore; run: ComparedRun }) {
  const first = store.runs.value![0]!;
  return (
    <span class="compare-actions">
      <IconButton icon="open-preview" label={`Show ${run.title}`} onClick={() => store.post({ type: "show", run: run.id })} />
      {run !== first && (
        <IconButton
          icon="diff"
          label={`Diff code with ${first.title}`}
          onClick={() => store.post({ type: "diffCode", first: first.id, second: run.id })}
          testId="diff-code"
        />
      )}
    </span>
  );
}
