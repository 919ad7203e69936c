/**
 * Measures what the open panel costs the machine that trains, in milliseconds for each second of a run that tells something
 * 60 times a second: of its main thread, and of all the browser's processes. `npx tsx test/webview/profile.ts [SECONDS]`
 */
import { snapshotAfter, training } from "./fakeRun.ts";
import { PanelPages } from "./page.ts";

const seconds = Number(process.argv[2] ?? 5);
const rate = 60;
const measures = { script: "ScriptDuration", style: "RecalcStyleDuration", layout: "LayoutDuration", all: "TaskDuration" };

/** Sends `batch` steps with each of the messages; none at all for 0. */
async function profile(pages: PanelPages, batch: number, warmUp: number): Promise<void> {
  const events = [...training({ epochs: 100, batches: Math.ceil((batch * rate * (seconds + 1) + warmUp) / 100), sampleEvery: Math.max(1, batch) * 15 })];
  const panel = await pages.open();
  await panel.send({ type: "snapshot", run: snapshotAfter(events.slice(0, warmUp)) });
  const messages = Array.from({ length: seconds * rate }, (_, i) =>
    JSON.stringify({ type: "events", runId: "run-1", events: events.slice(warmUp + i * batch, warmUp + (i + 1) * batch).flat() }),
  );
  const session = await panel.page.context().newCDPSession(panel.page);
  await session.send("Performance.enable");
  const read = async () => new Map((await session.send("Performance.getMetrics")).metrics.map(({ name, value }) => [name, value]));
  const browser = await panel.page.context().browser()!.newBrowserCDPSession();
  const processes = async () => (await browser.send("SystemInfo.getProcessInfo")).processInfo.reduce((sum, { cpuTime }) => sum + cpuTime, 0);
  const cpuBefore = await processes();
  const before = await read();
  await panel.page.evaluate(
    async ([texts, perSecond]) => {
      for (const text of texts) {
        if (!text.endsWith("[]}")) window.postMessage(JSON.parse(text), "*");
        await new Promise((done) => setTimeout(done, 1000 / perSecond));
      }
    },
    [messages, rate] as const,
  );
  const after = await read();
  const cpu = (await processes()) - cpuBefore;
  const spent = (name: string) => `${((1000 * (after.get(name)! - before.get(name)!)) / (after.get("Timestamp")! - before.get("Timestamp")!)).toFixed(0)} ms`;
  const texts = Object.entries(measures).map(([title, name]) => `${title} ${spent(name)}`);
  texts.push(`all processes ${((1000 * cpu) / (after.get("Timestamp")! - before.get("Timestamp")!)).toFixed(0)} ms`);
  console.log(`${batch} step(s) a message, from step ${warmUp}: ${texts.join(", ")} each second`);
  await panel.page.close();
}

const pages = await PanelPages.start();
await profile(pages, 0, 50);
await profile(pages, 1, 50);
await profile(pages, 10, 2_000);
await pages.stop();
