/** A sample's way through the layers, call by call. Only what is in sight is asked for. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { CallInfo, Look, LookPiece, ModuleInfo, Wanted } from "../../src/protocol/index.ts";
import { formatShape } from "../../src/run/modules.ts";
import { formatCount } from "../../src/run/numbers.ts";
import { IconButton } from "../frame/icon.tsx";
import type { Store } from "../store.ts";
import type { Following } from "./following.ts";
import { TensorPicture } from "./tensorPicture.tsx";

export function Journey({ store, look, following }: { store: Store; look: Look; following: Following }) {
  const model = store.model.value!;
  const list = useRef<HTMLOListElement>(null);
  const room = useRoom(list);
  return (
    <ol ref={list} class="journey" aria-label="The sample's way through the layers" data-testid="journey">
      {look.calls.map((call) => {
        const module = model.modules[call.module];
        return module && <Call key={`${call.module}/${call.call}`} store={store} look={look} call={call} module={module} following={following} room={room} />;
      })}
    </ol>
  );
}

interface CallProps {
  store: Store;
  look: Look;
  call: CallInfo;
  module: ModuleInfo;
  following: Following;
  /** CSS pixels for a picture's width. */
  room: number;
}

function Call({ store, ...shown }: CallProps) {
  const { call, module } = shown;
  const row = useRef<HTMLLIElement>(null);
  const isNear = useNear(row);
  const isChosen = store.module.value?.id === module.id;
  const again = call.call > 0 ? `, call ${formatCount(call.call + 1)}` : "";
  return (
    <li ref={row} class={isChosen ? "call chosen-call" : "call"} data-testid="call" data-path={module.path} data-call={call.call}>
      <div class="call-head">
        <button
          type="button"
          class="call-name"
          title="Choose this module in the table"
          onClick={() => store.dispatch({ type: "chooseModule", module: module.id })}
        >
          {module.path || module.name}
        </button>
        <span class="muted">
          {module.type}
          {again} → {call.shape.length === 0 ? "one value" : formatShape(call.shape)}
          {!call.isSplit && " of all samples"}
        </span>
      </div>
      {isNear ? <Parts {...shown} /> : <div class="call-room" />}
    </li>
  );
}

const partNames = { output: "output", kernels: "kernels", attention: "attention" } as const;

function Parts(shown: Omit<CallProps, "store">) {
  const { call } = shown;
  const parts: Wanted["what"][] = [...(call.attention ? (["attention"] as const) : []), "output", ...(call.kernels ? (["kernels"] as const) : [])];
  return (
    <>
      {parts.map((what) => (
        <Part key={what} what={what} {...shown} />
      ))}
    </>
  );
}

function Part({ what, look, call, module, following, room }: Omit<CallProps, "store"> & { what: Wanted["what"] }) {
  const [from, setFrom] = useState(0);
  const key = `${call.module}/${call.call}/${what}`;
  useEffect(() => {
    following.want(key, { module: call.module, call: call.call, what, from });
    return () => following.forget(key);
  }, [following, key, from]);
  const told = look.pieces.find((one) => one.module === call.module && one.call === call.call && one.what === what);
  const shown = told && (told.from === from || !following.isAlive.value) ? told : undefined;
  if (!shown) return <div class="call-room muted">{following.isAlive.value ? "…" : `Its ${partNames[what]} was not kept.`}</div>;
  return (
    <div class="part" data-testid={`part-${what}`}>
      <TensorPicture told={shown} call={call} module={module} following={following} room={room} />
      <Pages told={shown} whole={wholeOf(call, what)} onChoose={setFrom} />
    </div>
  );
}

/** How many units, rows or values there are in all. */
function wholeOf(call: CallInfo, what: Wanted["what"]): number {
  const shape = what === "output" ? call.shape : call[what]!;
  return shape.length > 3 ? shape.slice(0, -2).reduce((product, size) => product * size, 1) : (shape[0] ?? 1);
}

/** Where not all fit into one picture. */
function Pages({ told, whole, onChoose }: { told: LookPiece; whole: number; onChoose: (from: number) => void }) {
  const count = told.piece.shape[0] ?? 1;
  if (count >= whole && told.every === 1) return null;
  const { from } = told;
  return (
    <div class="pages muted">
      {count < whole && (
        <>
          <IconButton icon="chevron-left" label="Those before" disabled={from === 0} onClick={() => onChoose(Math.max(0, from - count))} />
          {formatCount(from)}–{formatCount(from + count - 1)} of {formatCount(whole)}
          <IconButton icon="chevron-right" label="Those after" disabled={from + count >= whole} onClick={() => onChoose(from + count)} />
        </>
      )}
      {told.every > 1 && <span>every {formatCount(told.every)}th value of each line</span>}
    </div>
  );
}

/** Pictures are no wider than this, and no wider than there is room beside them. */
const widest = 480;
const beside = 40;

function useRoom(element: { readonly current: HTMLElement | null }): number {
  const [room, setRoom] = useState(widest);
  useEffect(() => {
    const observed = element.current!;
    const observer = new ResizeObserver(() => setRoom(Math.max(64, Math.min(widest, observed.clientWidth - beside))));
    observer.observe(observed);
    return () => observer.disconnect();
  }, [element]);
  return room;
}

/** Whether an element is in sight, or nearly. */
function useNear(element: { readonly current: HTMLElement | null }): boolean {
  const [isNear, setNear] = useState(false);
  useEffect(() => {
    const root = element.current!.closest(".data-scroll");
    const observer = new IntersectionObserver((entries) => setNear(entries.at(-1)!.isIntersecting), { root, rootMargin: "160px" });
    observer.observe(element.current!);
    return () => observer.disconnect();
  }, [element]);
  return isNear;
}
