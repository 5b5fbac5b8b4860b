/**
 * The edges: everything that is not a function of its arguments. Each function takes just the edges it uses, so a
 * signature that shows a clock is a function that waits.
 */

export interface Clock {
  /** Monotonic, in ms, for durations. Its zero means nothing. */
  nowMs(): number;
  /** Ms since 1970 in UTC, for stamps and for the dates of HTTP headers. */
  wallMs(): number;
  /** Rejects with the signal's reason when that aborts first. Any length: no 2^31 ms trap. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Calls `ring` once, after so long (24 days at most), unless the function that it returns is called before. Costs less than a sleep. */
  after(ms: number, ring: () => void): () => void;
}

export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** A stream of its own, decided by this one's seed and the name alone, not by what was drawn before. */
  fork(name: string): Random;
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly signal: AbortSignal;
}

export interface HttpResponse {
  readonly status: number;
  /** Names in lower case; repeated ones joined with `, `. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: AsyncIterable<Uint8Array>;
}

/** What a `request` rejects with when no response came, or its body broke off. Aborts reject with their own reason. */
export class NetworkError extends Error {
  override readonly name = 'NetworkError';
  /** Nobody listens there, or the host name is not known: no request was served, and none will be soon. */
  readonly refused: boolean;
  constructor(message: string, refused: boolean) {
    super(message);
    this.refused = refused;
  }
}

/** What a handler is given of a request that came in. */
export interface ServedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** It was longer than allowed, and is not here. */
  readonly isTooLarge?: true;
  /** Aborts when the client goes away. */
  readonly signal: AbortSignal;
}

export interface ServedResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: AsyncIterable<string> | string;
}

export type Handler = (request: ServedRequest) => Promise<ServedResponse>;

export interface Listening {
  /** The one that was found where 0 was asked for. */
  readonly port: number;
  /** No new connections; resolves when what is open has ended. What has not by `graceMs` is cut. */
  close(graceMs: number): Promise<void>;
}

export interface Listener {
  /** Rejects where the address is taken or not this machine's. `port` 0: any that is free. */
  listen(
    handler: Handler,
    options: { readonly host: string; readonly port: number; readonly maxBodyBytes: number },
  ): Promise<Listening>;
}

export interface Network {
  /** Loads what the first request needs, so that none of it is taken for a server's latency. */
  ready(): Promise<void>;
  request(request: HttpRequest): Promise<HttpResponse>;
  close(): Promise<void>;
}

/** Appends whole texts in the order of the calls. After a failure it takes no more: each rejects with the same error. */
export interface Appender {
  /** Resolves when the operating system has all of it: a killed process loses nothing that was awaited. */
  append(text: string): Promise<void>;
  close(): Promise<void>;
}

/** A file that is read here and there. */
export interface Reading {
  /** At once, for pieces are small and many; fewer bytes where the file ends before. They are the caller's own. */
  read(from: number, bytes: number): Buffer;
  close(): void;
}

/** Paths are absolute or relative to the working folder. Failures reject with Node's errors (`code: 'ENOENT'`), those of writing with a WriteError. */
export interface Files {
  /** Rejects with a ReadError beyond 64 MB: no text of a person's is as long. */
  readText(path: string): Promise<string>;
  readBytes(path: string): Promise<Uint8Array>;
  /** Lines without their breaks, streamed. A last line without a break comes too. */
  lines(path: string): AsyncIterable<string>;
  /** The whole file, streamed in pieces: each is the reader's own, and only until the next one is asked for. */
  bytes(path: string): AsyncIterable<Buffer>;
  openToRead(path: string): Reading;
  /** `other`: a pipe, a device, a socket: nothing that is read, for it may never end. What cannot be reached is `none`. */
  kind(path: string): Promise<'file' | 'folder' | 'other' | 'none'>;
  /** The path that a path leads to, links followed; of what is not there, the path itself, made absolute. */
  realPath(path: string): Promise<string>;
  /** Names, sorted by code unit; empty when there is no such folder. */
  list(folder: string): Promise<readonly string[]>;
  makeFolder(path: string): Promise<void>;
  /** All or nothing: readers see the old content or the new. */
  writeAtomic(path: string, content: string | Uint8Array): Promise<void>;
  appendTo(path: string): Promise<Appender>;
  /** Truncates a file to `bytes`; one that is shorter by its last line break gets that. */
  endAt(path: string, bytes: number): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** False when the file is there already. */
  createNew(path: string, content: string): Promise<boolean>;
  remove(path: string): Promise<void>;
}

export interface SpawnOptions {
  /** What it prints is read from `stdout` and `stderr`, and not kept. @default false */
  readonly isHeard?: boolean;
  /** The whole environment: nothing of ours is handed on. */
  readonly env: Readonly<Record<string, string>>;
}

/** A child with four pipes. Bytes of `channel` (the child's descriptor 3) are ours; stdout and stderr are its own. */
export interface Child {
  readonly pid: number;
  /** Writes to the child's stdin. Never throws: `exited` reports a child that is gone. */
  send(bytes: string | Uint8Array): void;
  /** Its stdin ends here. */
  endInput(): void;
  readonly channel: AsyncIterable<Uint8Array>;
  /** For `isHeard`. */
  readonly stdout: AsyncIterable<Uint8Array>;
  readonly stderr: AsyncIterable<Uint8Array>;
  /** The last 4 KB of stdout and stderr, for messages about a child that did not start. */
  output(): string;
  /** SIGKILL to the child and all its group. */
  kill(): void;
  readonly exited: Promise<{ readonly code: number | null; readonly signal: string | null }>;
}

export interface Processes {
  spawn(command: string, args: readonly string[], options: SpawnOptions): Child;
  /** With the program that the user's desktop has for it; does not wait for it. */
  openOnDesktop(path: string): Promise<void>;
  readonly platform: string;
  /** The user's number; null where there are none. */
  readonly uid: number | null;
  /** Ours: what children watch. */
  readonly pid: number;
  /** The machine's name. */
  readonly host: string;
  /** Tells a process from others that had or will have its number; null when there is no such process. */
  startOf(pid: number): string | null;
  /** The program that runs us, for children that are Node themselves. */
  readonly node: string;
  readonly cores: number;
}

/** A thread of this process that runs a file of ours. */
export interface Thread {
  /** What structured cloning can copy; each message is answered by one. */
  post(value: unknown): void;
  end(): Promise<void>;
}

export interface Threads {
  /** `ended` is called once, where the thread ends by itself: of an error, or of its memory. */
  start(
    file: string,
    memoryMb: number,
    on: { readonly message: (value: unknown) => void; readonly ended: (why: string) => void },
  ): Thread;
}

export interface Output {
  write(text: string): void;
  readonly isTTY: boolean;
  /** 100 when it is no terminal. */
  readonly columns: number;
}

export interface Terminal {
  readonly stdin: { readonly isTTY: boolean };
  readonly stdout: Output;
  readonly stderr: Output;
}

export interface World {
  readonly clock: Clock;
  readonly random: Random;
  readonly network: Network;
  readonly listener: Listener;
  readonly files: Files;
  readonly processes: Processes;
  readonly threads: Threads;
  readonly terminal: Terminal;
  /** The process's environment variables, keys among them. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Aborts at the first SIGINT or SIGTERM. */
  readonly interrupted: AbortSignal;
  /** Calls it at each SIGHUP from now on: to read files again. */
  heedHangup(act: () => void): void;
  /** From now on an interrupt is listened for, and the command ends by itself; before, the system ends it at once. */
  heedInterrupt(): void;
}
