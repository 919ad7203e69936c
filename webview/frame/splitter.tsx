import { useLayoutEffect, useRef } from "preact/hooks";

interface Props {
  /** `vertical` stands between columns, `horizontal` lies between rows. */
  orientation: "vertical" | "horizontal";
  label: string;
  /** The id of the pane before it. */
  controls: string;
  /** That pane's new share of what the two have, 0 to 1; `null`: what it has without a choice. */
  onChange: (share: number | null) => void;
}

const smallest = 0.15;
const largest = 0.85;
const keyStep = 0.02;

/** A line between two panes that pointer and arrow keys move; a double click or Enter puts it back. */
export function Splitter({ orientation, label, controls, onChange }: Props) {
  const line = useRef<HTMLDivElement>(null);
  const vertical = orientation === "vertical";
  const change = (next: number) => onChange(Math.min(largest, Math.max(smallest, next)));
  const shareAt = (point: { readonly x: number; readonly y: number }) => {
    const box = line.current!.parentElement!.getBoundingClientRect();
    return vertical ? (point.x - box.left) / box.width : (point.y - box.top) / box.height;
  };
  const share = () => shareAt(line.current!.getBoundingClientRect());
  const tellShare = () => line.current!.setAttribute("aria-valuenow", String(Math.round(share() * 100)));
  useLayoutEffect(tellShare);

  const drag = (event: PointerEvent) => {
    if (line.current!.hasPointerCapture(event.pointerId)) change(shareAt({ x: event.clientX, y: event.clientY }));
  };

  const press = (event: KeyboardEvent) => {
    if (event.key === "Enter") return onChange(null);
    const next = shareAfterKey(event.key, share(), vertical);
    if (next === null) return;
    event.preventDefault();
    change(next);
  };

  return (
    <div
      ref={line}
      class={`splitter ${orientation}`}
      role="separator"
      tabIndex={0}
      aria-orientation={orientation}
      aria-label={label}
      aria-controls={controls}
      aria-valuemin={smallest * 100}
      aria-valuemax={largest * 100}
      onPointerDown={(event) => line.current!.setPointerCapture(event.pointerId)}
      onPointerMove={drag}
      onDblClick={() => onChange(null)}
      onKeyDown={press}
      onFocus={tellShare}
    />
  );
}

export function shareAfterKey(key: string, share: number, vertical: boolean): number | null {
  if (key === (vertical ? "ArrowLeft" : "ArrowUp")) return share - keyStep;
  if (key === (vertical ? "ArrowRight" : "ArrowDown")) return share + keyStep;
  if (key === "Home") return smallest;
  return key === "End" ? largest : null;
}
