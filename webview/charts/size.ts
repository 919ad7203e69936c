import { useEffect, useState } from "preact/hooks";

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** How large an element is, in device pixels; 0 × 0 until it is known. */
export function useSize(element: { readonly current: HTMLElement | null }): Size {
  const [size, setSize] = useState<Size>({ width: 0, height: 0 });
  useEffect(() => {
    const observed = element.current!;
    const observer = new ResizeObserver(() => {
      const { clientWidth, clientHeight } = observed;
      setSize({ width: Math.round(clientWidth * devicePixelRatio), height: Math.round(clientHeight * devicePixelRatio) });
    });
    observer.observe(observed);
    return () => observer.disconnect();
  }, [element]);
  return size;
}

/** The canvas's context, the canvas as large as that and empty. */
export function clearCanvas(canvas: HTMLCanvasElement, { width, height }: Size): CanvasRenderingContext2D {
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const context = canvas.getContext("2d")!;
  context.clearRect(0, 0, width, height);
  return context;
}
