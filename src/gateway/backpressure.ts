/**
 * A client that does not read must not cost the server memory [D4]: beyond 1 MB or 500 packets waiting for it, pushes to it
 * are left out, and one `resync` tells it so once it has caught up; beyond 8 MB or 30 s it is cut off.
 *
 * It stands between Socket.IO and engine.io, so that a push meets it whichever way it comes. As long as a connection takes what
 * it is given, all that a packet costs is one look; what is counted is the length of a frame that all receivers share.
 */
import type { ServerResponse } from "node:http";
import type { Socket } from "socket.io";
import { ChatError } from "../protocol/errors.js";

export type EngineSocket = Socket["conn"];

export interface Backpressure {
  /** Watches a connection from its beginning to its end. */
  watch(conn: EngineSocket): void;
  /**
   * Does `work`, whose answer may be large, after the earlier work of the same connection, and once that has taken what waits for
   * it: however often it asks, no more than one answer is made that it does not read.
   */
  inTurn<T>(conn: EngineSocket, work: () => Promise<T>): Promise<T>;
  /** How many packets have been pushed since the start, to all sockets together. */
  pushes(): number;
}

interface BackpressureDeps {
  onSkipped(): void;
  /** a connection was cut off that had not taken so much */
  onCutOff(waitingBytes: number): void;
}

interface Watch {
  readonly conn: EngineSocket;
  readonly write: EngineSocket["write"];
  /** null: the connection takes what it is given */
  behind: Behind | null;
  /** in engine.io's own buffer */
  queuedBytes: number;
  /** answers to polls that the client has not taken: each may go over a TCP connection of its own */
  polls: Map<ServerResponse, number> | null;
  /** the end of the latest work done in turn; never rejects */
  lastTurn: Promise<void> | null;
}

interface Behind {
  skipped: boolean;
  readonly timer: NodeJS.Timeout;
  readonly over: Promise<void>;
  end(): void;
}

/** What engine.io leaves out of its types. */
interface Internals {
  writeBuffer: readonly unknown[];
  transport: {
    writable: boolean;
    /** of a websocket */
    socket?: { bufferedAmount: number; terminate(): void };
    /** the poll that waits */
    res?: ServerResponse | null;
  };
}

const innerOf = (conn: EngineSocket) => conn as unknown as Internals;

const BEHIND = { bytes: 1024 * 1024, packets: 500 };
const CUT_OFF = { bytes: 8 * 1024 * 1024, ms: 30_000 };

/** How Socket.IO writes what goes to its one namespace: events begin so, and nothing else does. */
const EVENT = "2";
const RESYNC = '2["resync",{}]';
const LAST_WORD = '2["session:ended"';

/** What goes to many is framed once by Socket.IO: a header and the bytes. */
const frameOf = (options: object = {}) =>
  (options as { wsPreEncodedFrame?: readonly Buffer[] | undefined }).wsPreEncodedFrame;

/** Whatever the client is sent without having asked, but for the reason why it is sent away. */
const isPush = (data: unknown, options?: object): boolean =>
  frameOf(options) !== undefined || (typeof data === "string" && data.startsWith(EVENT) && !data.startsWith(LAST_WORD));

function bytesOf(data: unknown, options?: object): number {
  const frame = frameOf(options);
  if (frame !== undefined) return frame.reduce((sum, { length }) => sum + length, 0);
  return typeof data === "string" ? Buffer.byteLength(data) : 0;
}

function unreadPollBytes({ polls }: Watch): number {
  let bytes = 0;
  for (const size of polls?.values() ?? []) bytes += size;
  return bytes;
}

const waitingBytes = (watch: Watch): number =>
  watch.queuedBytes + (innerOf(watch.conn).transport.socket?.bufferedAmount ?? 0) + unreadPollBytes(watch);

function notePoll(watch: Watch, poll: ServerResponse, packets: readonly { data?: unknown }[]): void {
  const polls = (watch.polls ??= new Map<ServerResponse, number>());
  const bytes = packets.reduce((sum, { data }) => sum + bytesOf(data), 0);
  if (!polls.has(poll)) poll.once("close", () => polls.delete(poll));
  polls.set(poll, bytes + (polls.get(poll) ?? 0));
}

export function createBackpressure({ onSkipped, onCutOff }: BackpressureDeps): Backpressure {
  const watches = new WeakMap<EngineSocket, Watch>();
  let pushes = 0;

  function cutOff(watch: Watch): void {
    const { conn } = watch;
    if (conn.readyState === "closed") return;
    onCutOff(waitingBytes(watch));
    // A close in good order would wait behind all that is not read.
    innerOf(conn).transport.socket?.terminate();
    for (const poll of watch.polls?.keys() ?? []) poll.destroy();
    conn.close(true);
  }

  function caughtUp(watch: Watch): void {
    const { behind, conn } = watch;
    if (behind === null) return;
    watch.behind = null;
    clearTimeout(behind.timer);
    behind.end();
    if (behind.skipped && conn.readyState === "open") conn.write(RESYNC);
  }

  function fallBehind(watch: Watch): void {
    let end = (): void => undefined;
    const over = new Promise<void>((resolve) => (end = resolve));
    watch.behind = { skipped: false, timer: setTimeout(cutOff, CUT_OFF.ms, watch).unref(), over, end };
  }

  /** Writes what cannot go out at once. */
  function queue(watch: Watch, ...[data, options, callback]: Parameters<EngineSocket["write"]>): void {
    const { conn, write } = watch;
    if (conn.readyState !== "open") return;
    const packets = innerOf(conn).writeBuffer.length + 1;
    watch.queuedBytes += bytesOf(data, options);
    const bytes = waitingBytes(watch);
    if (watch.behind === null && (bytes > BEHIND.bytes || packets > BEHIND.packets)) {
      fallBehind(watch);
      // Called once this packet has been taken, and all that waited before it.
      write(data, options, () => caughtUp(watch));
    } else write(data, options, callback);
    if (bytes > CUT_OFF.bytes) cutOff(watch);
  }

  return {
    watch(conn) {
      const inner = innerOf(conn);
      const write = conn.write.bind(conn);
      const watch: Watch = { conn, write, behind: null, queuedBytes: 0, polls: null, lastTurn: null };
      watches.set(conn, watch);
      conn.write = (data, options, callback) => {
        const pushed = isPush(data, options);
        if (watch.behind !== null && pushed) {
          watch.behind.skipped = true;
          onSkipped();
          return conn;
        }
        if (pushed) pushes += 1;
        if (inner.transport.writable) write(data, options, callback);
        else queue(watch, data, options, callback);
        return conn;
      };
      conn.on("flush", (packets: readonly { data?: unknown }[]) => {
        watch.queuedBytes = 0;
        const { res } = inner.transport;
        if (res === undefined || res === null) return;
        notePoll(watch, res, packets);
        // Not in the middle of a write.
        if (unreadPollBytes(watch) > CUT_OFF.bytes) setImmediate(cutOff, watch);
      });
      conn.once("close", () => {
        clearTimeout(watch.behind?.timer);
        watch.behind?.end();
        watch.behind = null;
        // The last answer may still be on its way.
        for (const poll of watch.polls?.keys() ?? []) setTimeout(() => poll.destroy(), CUT_OFF.ms).unref();
      });
    },
    async inTurn(conn, work) {
      const watch = watches.get(conn);
      const before = watch?.lastTurn;
      const turn = (async () => {
        await before;
        await watch?.behind?.over;
        if (conn.readyState !== "open") throw new ChatError("unavailable", "The connection is gone.");
        return await work();
      })();
      // Without the answer itself, which would be kept until the next one.
      const ended = (): void => undefined;
      if (watch !== undefined) watch.lastTurn = turn.then(ended, ended);
      return await turn;
    },
    pushes: () => pushes,
  };
}
