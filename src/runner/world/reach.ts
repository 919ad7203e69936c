/** What a program sets going outside: the network, other processes. Their answers are not kept, so a repetition can't go past them. */
import childProcess from "node:child_process";
import dgram from "node:dgram";
import { Socket } from "node:net";

/** @param parted called where a repetition comes to one of them */
export function watchReach(isRepeating: () => boolean, parted: (reason: string) => void): void {
  guard(Socket.prototype, ["connect"], "it asks the network, whose answers are not kept");
  guard(dgram.Socket.prototype, ["send", "bind"], "it asks the network, whose answers are not kept");
  guard(childProcess, ["spawn", "spawnSync", "exec", "execSync", "execFile", "execFileSync", "fork"], "it starts another program, whose answers are not kept");

  function guard(owner: object, names: readonly string[], reason: string): void {
    const all = owner as Record<string, (...words: unknown[]) => unknown>;
    for (const name of names) {
      const real = all[name]!;
      all[name] = function (this: unknown, ...words) {
        if (isRepeating()) parted(reason);
        return Reflect.apply(real, this, words);
      };
    }
  }
}
