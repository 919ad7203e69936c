/** The call stack of a worker thread that answers no message: the inspector pauses it, without opening any port. */
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
  readonly location: { readonly scriptId: string; readonly lineNumber: number; readonly columnNumber?: number };
}

/** What is used of the inspector's answers and events. */
interface DebuggerMessage {
  readonly id?: number;
  readonly method?: string;
  readonly params?: { readonly callFrames?: CallFrame[]; readonly scriptId?: string; readonly url?: string };
}

/**
 * Pauses the only worker thread, evaluates `expression` there, and lets it go on.
 * Resolves with its frames, innermost first; with none if it can't be paused within `patience` ms.
 */
export function workerStack(expression: string, patience: number): Promise<Frame[]> {
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
      /** URLs by script; frames leave them out. */
      const urls = new Map<string | undefined, string>();
      let evaluation = -1;
      let release = -1;
      session.on("NodeWorker.receivedMessageFromWorker", ({ params }) => {
        const message = JSON.parse(params.message) as DebuggerMessage;
        if (message.method === "Debugger.scriptParsed") {
          urls.set(message.params?.scriptId, message.params?.url ?? "");
        } else if (message.method === "Debugger.paused" && evaluation < 0) {
          const callFrames = message.params?.callFrames ?? [];
          frames = callFrames.map(({ location, functionName }) => ({
            url: urls.get(location.scriptId) ?? "",
            line: location.lineNumber + 1,
            column: (location.columnNumber ?? 0) + 1,
            functionName,
          }));
          const innermost = callFrames[0];
          if (!innermost) return done();
          evaluation = send("Debugger.evaluateOnCallFrame", { callFrameId: innermost.callFrameId, expression });
        } else if (message.id === evaluation) {
          // A thread that is paused can't be terminated.
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
