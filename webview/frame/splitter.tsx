import { useRef } from "preact/hooks";

interface Props {
  /** `vertical` stands between columns, `horizontal` lies between rows. */
  orientation: "vertical" | "horizontal";
  label: string;
  /** Share of the pane before it, 0 to 1. */
  share: number;
  defaultShare: number;
  /** The id of the pane before it. */
  controls: string;
  onChange: (share: number) => void;
}

const smallest = 0.15;
const largest = 0.85;
const keyStep = 0.02;

/** A line between two panes that pointer and arrow keys move; a double click or Enter puts it back. */
export function Splitter({ orientation, label, share, defaultShare, controls, onChange }: Props) {
  const line = useRef<HTMLDivElement>(null);
  const vertical = orientation === "vertical";
  const change = (next: number) => onChange(Math.min(largest, Math.max(smallest, next)));

  const drag = (event: PointerEvent) => {
    if (!line.current!.hasPointerCapture(event.pointerId)) return;
    const box = line.current!.parentElement!.getBoundingClientRect();
    change(vertical ? (event.clientX - box.left) / box.width : (event.clientY - box.top) / box.height);
  };

  const press = (event: KeyboardEvent) => {
    const next = shareAfterKey(event.key, share, defaultShare, vertical);
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
      aria-valuenow={Math.round(share * 100)}
      aria-valuemin={smallest * 100}
      aria-valuemax={largest * 100}
      onPointerDown={(event) => line.current!.setPointerCapture(event.pointerId)}
      onPointerMove={drag}
      onDblClick={() => change(defaultShare)}
      onKeyDown={press}
    />
  );
}

export function shareAfterKey(key: string, share: number, defaultShare: number, vertical: boolean): number | null {
  if (key === (vertical ? "ArrowLeft" : "ArrowUp")) return share - keyStep;
  if (key === (vertical ? "ArrowRight" : "ArrowDown")) return share + keyStep;
  if (key === "Home") return smallest;
  if (key === "End") return largest;
  return key === "Enter" ? defaultShare : null;
}
