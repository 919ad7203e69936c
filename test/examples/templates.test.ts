/** Every template of "New Model…" trains as it is, complains of nothing, and learns what it promises. */
import assert from "node:assert/strict";
import { copyFileSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { templates, type Template } from "../../src/extension/commands/templates.ts";
import { Folder, run, type Job } from "../runner/job.ts";

const media = fileURLToPath(new URL("../../media/templates/", import.meta.url));

/** The template in a folder of its own, as a user gets it, trained. */
async function train({ file, beside }: Template): Promise<Job> {
  const folder = new Folder();
  try {
    const target = join(folder.path, `${file}.model.ts`);
    copyFileSync(join(media, `${file}.model.ts`), target);
    if (beside !== undefined) copyFileSync(join(media, beside), join(folder.path, basename(beside)));
    return await run(target);
  } finally {
    folder.remove();
  }
}

const last = (job: Job, series: string): number => job.series(series).at(-1) ?? NaN;

/** What a person sees that it learned. */
const learned: Readonly<Record<string, (job: Job) => boolean>> = {
  classifier: (job) => last(job, "loss") < 0.2,
  cnn: (job) => last(job, "accuracy") > 0.95,
  residual: (job) => last(job, "loss") < 0.2,
  lstm: (job) => last(job, "bitsPerLetter") < 0.5,
  transformer: (job) => last(job, "accuracy") > 0.98,
  autoencoder: (job) => last(job, "val/error") < 0.01,
  gan: (job) => last(job, "heaps") === 8 && last(job, "share") > 0.8,
  transfer: (job) => last(job, "accuracy/pretrained") > last(job, "accuracy/scratch") + 0.05,
};

describe("the templates of New Model…", function () {
  this.timeout(60_000);

  it("are the model files of their folder", () => {
    const files = readdirSync(media).filter((name) => name.endsWith(".model.ts"));
    assert.deepEqual(templates.map(({ file }) => `${file}.model.ts`).sort(), files.sort());
  });

  for (const template of templates.filter(({ file }) => file !== "empty")) {
    it(`${template.label}: trains to its end and learns`, async () => {
      const job = await train(template);
      assert.deepEqual([job.states.at(-1), job.problems], ["finished", []]);
      assert.ok(learned[template.file]!(job), template.file);
    });
  }
});
