/** For builds.ts: makes sure that the build and the threads that were asked for are those that compute. */
import assert from "node:assert/strict";
import { kernelBuild } from "../../src/engine/memory/kernelBuild.ts";
import { getNumThreads, shareFrom, whenHelpersAreUp } from "../../src/engine/memory/threads.ts";

export const mochaHooks = {
  async beforeAll(): Promise<void> {
    assert.equal(kernelBuild, process.env["KINDLING_TEST_BUILD"]);
    assert.equal(getNumThreads(), Number(process.env["KINDLING_THREADS"]));
    await whenHelpersAreUp();
    shareFrom(0);
  },
};
