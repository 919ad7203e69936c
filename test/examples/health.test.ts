/** No example, and no listing of the tutorial, is said to be in trouble at any time of its run. */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { health } from "../../src/run/health/health.ts";
import { emptySnapshot, reduceSnapshot } from "../../src/run/snapshot.ts";
import { run } from "../runner/job.ts";

const folders = ["../../examples/", "../../examples/tutorial/"].map((name) => fileURLToPath(new URL(name, import.meta.url)));
const files = folders.flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith(".model.ts"))
    .map((name) => join(folder, name)),
);

describe("health of the examples", function () {
  this.timeout(120_000);

  for (const file of files) {
    it(`${file.split("examples").at(-1)!.slice(1)} shows no sign of trouble`, async () => {
      const { events } = await run(file, { timeLimit: 0 });
      let snapshot = emptySnapshot({ runId: "1", file, mode: "train", startedAt: 0 });
      for (const event of events) {
        snapshot = reduceSnapshot(snapshot, event);
        if (event.type === "changes" || event.type === "state") assert.deepEqual(health(snapshot).findings, [], `at step ${snapshot.progress?.step ?? 0}`);
      }
      assert.equal(snapshot.state, "finished");
      assert.notEqual(health(snapshot).state, "error");
      if (file.endsWith("/digits.model.ts")) assert.match(health(snapshot).sentence, /^All learn: loss `cnn` 2\.\d+ → 0\.\d+, `mlp` 2\.\d+ → 0\.\d+\.$/);
    });
  }
});
