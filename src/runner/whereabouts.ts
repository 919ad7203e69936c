/** Where a worker thread is that answers no message: its debugger is asked, without opening any port. */
import { Session } from "node:inspector";

export interface Frame {
  readonly url: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
  readonly functionName: string;
}

interface CallFrame {
  readonly callFrameId: string;
  readonly functionName: string;
  readonly location: { readonly lineNumber: number; readonly columnNumber?: number };
  readonly url: string;
}

/**
 * Interrupts the only worker thread, evaluates `expression` there, and lets it go on.
 * Resolves with its frames, innermost first; with none if the thread can't be interrupted within `patience` ms.
 */
export function interrupt(expression: string, patience: number): Promise<Frame[]> {
  const session = new Session();
  session.connect();
  return new Promise<Frame[]>((resolve) => {
    let frames: Frame[] = [];
    let id = 0;
    const timer = setTimeout(() => resolve(frames), patience);
    const done = (): void => {
      clearTimeout(timer);
      resolve(frames);
    };
    session.on("NodeWorker.attachedToWorker", ({ params: { sessionId } }) => {
      const send = (method: string, params: object = {}): number => {
        session.post("NodeWorker.sendMessageToWorker", { sessionId, message: JSON.stringify({ id: ++id, method, params }) });
        return id;
      };
      let evaluation = -1;
      let release = -1;
      session.on("NodeWorker.receivedMessageFromWorker", ({ params }) => {
        const message = JSON.parse(params.message) as { id?: number; method?: string; params?: { callFrames: CallFrame[] } };
        if (message.method === "Debugger.paused" && message.params && evaluation < 0) {
          const callFrames = message.params.callFrames;
          frames = callFrames.map(({ url, location, functionName }) => ({
            url,
            line: location.lineNumber + 1,
            column: (location.columnNumber ?? 0) + 1,
            functionName,
          }));
          const innermost = callFrames[0];
          if (!innermost) return done();
          evaluation = send("Debugger.evaluateOnCallFrame", { callFrameId: innermost.callFrameId, expression });
        } else if (message.id === evaluation) {
          // A thread that its debugger holds can't be terminated.
          release = send("Debugger.disable");
        } else if (message.id === release) {
          done();
        }
      });
      send("Debugger.enable");
      send("Debugger.pause");
    });
    session.post("NodeWorker.enable", { waitForDebuggerOnStart: false }, (error) => {
      if (error) done();
    });
  });
}
