/** Where the installed server's parts are. */
export interface InstalledServer {
  readonly directory: string;
  readonly node: string;
  readonly main: string;
}
export interface RunningServer {
  readonly port: number;
  readonly origin: string;
  readonly exited: Promise<number | null>;
  log(): string;
  stop(): Promise<void>;
}
export interface StartOptions {
  readonly data: string;
  readonly port?: number;
  /** Without one the server answers everybody who can reach the port. */
  readonly token?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly extraArguments?: readonly string[];
}
export type Settings = Readonly<Record<string, unknown>>;
export const calmSettings: Settings;
export function ensureServer(): Promise<InstalledServer>;
export function prepareData(data: string, settings: Settings): void;
export function installExtension(server: InstalledServer, data: string, vsix: string): Promise<void>;
export function startServer(server: InstalledServer, options: StartOptions): Promise<RunningServer>;
export function accessToken(data: string): string;
