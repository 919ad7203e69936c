/** The button on a chart that takes it away, in the form that is chosen below it. */
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { IconButton } from "../frame/icon.tsx";
import type { FromPanel } from "../../src/run/panelMessages.ts";
import type { Exportable } from "./exportable.ts";
import { pngOf } from "./picture.ts";

type Form = "svg" | "png" | "md" | "csv";

const labels: Readonly<Record<Form, string>> = { svg: "Save as SVG", png: "Save as PNG", md: "Save as Markdown", csv: "Save numbers as CSV" };

function formsOf({ svg, md }: Exportable): readonly Form[] {
  return [...(svg ? (["svg", "png"] as const) : []), ...(md ? (["md"] as const) : []), "csv"];
}

/** Who can have a file saved. */
export interface Saving {
  post(message: Extract<FromPanel, { readonly type: "save" | "saveBytes" }>): void;
  /** Resolves when all that is kept of the run is here. */
  whole(): Promise<void>;
}

interface Props {
  store: Saving;
  /** What the button belongs to, for screen readers. */
  title: string;
  /** Asked for only when the menu is opened, and when something is to be saved, which may be of more points by then. */
  exportable: () => Exportable;
}

export function ExportMenu({ store, title, exportable }: Props) {
  const [isOpen, setOpen] = useState(false);
  const menu = useRef<HTMLDivElement>(null);
  // Before the next key can come: who presses Enter and at once an arrow is in the menu already.
  useLayoutEffect(() => {
    if (!isOpen) return undefined;
    (menu.current!.querySelector("[role=menuitem]") as HTMLElement).focus();
    const close = (event: PointerEvent) => !menu.current!.contains(event.target as Node) && setOpen(false);
    addEventListener("pointerdown", close);
    return () => removeEventListener("pointerdown", close);
  }, [isOpen]);

  const close = () => {
    setOpen(false);
    menu.current!.querySelector("button")!.focus();
  };
  const press = (event: KeyboardEvent) => {
    if (!isOpen) return;
    const items = [...menu.current!.querySelectorAll<HTMLElement>("[role=menuitem]")];
    const at = items.indexOf(document.activeElement as HTMLElement);
    if (event.key === "Escape") close();
    else if (event.key === "ArrowDown") items[(at + 1) % items.length]!.focus();
    else if (event.key === "ArrowUp") items[(at + items.length - 1) % items.length]!.focus();
    else if (event.key === "Tab") return setOpen(false);
    else return;
    event.preventDefault();
  };
  const choose = (form: Form) => {
    close();
    void store.whole().then(() => save(store, exportable(), form));
  };

  return (
    <div class="export-menu" ref={menu} onKeyDown={press}>
      <IconButton icon="export" label={`Save ${title} as a file`} pressed={isOpen} onClick={() => setOpen(!isOpen)} testId="export" />
      {isOpen && (
        <div class="menu" role="menu" aria-label={`Save ${title}`}>
          {formsOf(exportable()).map((form) => (
            <button key={form} type="button" class="menu-item" role="menuitem" tabIndex={-1} onClick={() => choose(form)} data-testid={`export-${form}`}>
              {labels[form]}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}

async function save(store: Saving, exportable: Exportable, form: Form): Promise<void> {
  const name = `${exportable.name}.${form}`;
  if (form === "png") store.post({ type: "saveBytes", name, base64: await pngOf(exportable.svg!()) });
  else store.post({ type: "save", name, text: exportable[form]!() });
}
