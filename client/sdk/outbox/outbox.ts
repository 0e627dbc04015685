/** What is not yet acked: sent in order, one in flight a room, repeated under the same clientId until its outcome is known [L7]. */
import { ChatError, ERRORS } from "../../../src/protocol/errors.js";
import type { Entry } from "../../../src/protocol/entries.js";
import { waitMs } from "../connection/backoff.js";
import type { Surroundings } from "../options.js";
import type { Pending } from "../types.js";
import { checkedMessage, type OutgoingMessage } from "./message-check.js";

/** Without an answer for this long, a message says that it is still being tried. */
export const SLOW_AFTER_MS = 10_000;

interface Item {
  pending: Pending;
  /** how often it went out since it was written or retried */
  attempts: number;
  /** its place in the room, once the server has told it; it stands here until the log has got that far */
  ackedSeq: number | null;
  cancelSlow: () => void;
}

interface Queue {
  items: Item[];
  inFlight: Item | null;
  wait: { cancel: () => void; told: boolean } | null;
  /** what the state shows, made anew when something in it changes */
  shown: readonly Pending[];
}

export interface OutboxDeps {
  surroundings: Pick<Surroundings, "now" | "timers" | "random" | "newClientId">;
  /** Sends over the live connection. Rejects with a ChatError. */
  send(message: OutgoingMessage): Promise<Entry>;
  isLive(): boolean;
  onChange(): void;
  /** A message has got its place. It leaves the outbox when the room's log has got that far (`settle`). */
  onAcked(roomId: string, entry: Entry): void;
  /** A send was answered with: renew the token, or log in. */
  onTokenProblem(): void;
}

export type Outbox = ReturnType<typeof createOutbox>;

const NONE: readonly Pending[] = [];

export function createOutbox(deps: OutboxDeps) {
  const { now, timers, random, newClientId } = deps.surroundings;
  const queues = new Map<string, Queue>();
  /** Moves on when everything is dropped: answers from before are void. */
  let generation = 0;

  function changed(roomId: string, queue: Queue): void {
    queue.shown = queue.items.map((item) => item.pending);
    const isDone = queue.items.length === 0 && queue.inFlight === null && queue.wait === null;
    // A late answer may belong to a queue that was done before: the one that is there now is another.
    if (isDone && queues.get(roomId) === queue) queues.delete(roomId);
    deps.onChange();
  }

  const find = (roomId: string, clientId: string) => {
    const queue = queues.get(roomId);
    const item = queue?.items.find(({ pending }) => pending.clientId === clientId);
    return queue === undefined || item === undefined ? null : { queue, item };
  };

  function setStatus(roomId: string, queue: Queue, item: Item, status: Pending["status"]): void {
    item.pending = { ...item.pending, status };
    changed(roomId, queue);
  }

  function watch(roomId: string, item: Item): void {
    item.cancelSlow();
    item.cancelSlow = timers.after(SLOW_AFTER_MS, () => {
      const queue = queues.get(roomId);
      if (queue === undefined || !queue.items.includes(item) || item.ackedSeq !== null) return;
      if (item.pending.status.kind === "sending") {
        setStatus(roomId, queue, item, { kind: "stillTrying", retryAt: null });
      }
    });
  }

  function remove(roomId: string, queue: Queue, gone: (item: Item) => boolean): void {
    const leaving = queue.items.filter(gone);
    if (leaving.length === 0) return;
    for (const item of leaving) item.cancelSlow();
    queue.items = queue.items.filter((item) => !leaving.includes(item));
    changed(roomId, queue);
  }

  function drain(roomId: string): void {
    const queue = queues.get(roomId);
    if (queue === undefined || queue.inFlight !== null || queue.wait !== null || !deps.isLive()) return;
    const item = queue.items.find(({ pending, ackedSeq }) => pending.status.kind !== "failed" && ackedSeq === null);
    if (item === undefined) return;
    queue.inFlight = item;
    item.attempts += 1;
    const { status } = item.pending;
    if (status.kind === "stillTrying" && status.retryAt !== null) {
      setStatus(roomId, queue, item, { kind: "stillTrying", retryAt: null });
    }
    const mine = generation;
    const { clientId, text, replyTo } = item.pending;
    const message = { roomId, clientId, text, ...(replyTo === null ? {} : { replyTo }) };
    // Both outcomes are handled here.
    void deps.send(message).then(
      (entry) => mine === generation && acked(roomId, queue, item, entry),
      (error: unknown) => mine === generation && notAcked(roomId, queue, item, error),
    );
  }

  function acked(roomId: string, queue: Queue, item: Item, entry: Entry): void {
    if (queue.inFlight === item) queue.inFlight = null;
    item.ackedSeq = entry.seq;
    item.cancelSlow();
    if (queue.items.includes(item)) setStatus(roomId, queue, item, { kind: "sending" });
    else changed(roomId, queue);
    deps.onAcked(roomId, entry);
    drain(roomId);
  }

  function notAcked(roomId: string, queue: Queue, item: Item, error: unknown): void {
    if (queue.inFlight === item) queue.inFlight = null;
    const { code, message, retryAfterMs } =
      error instanceof ChatError
        ? error
        : new ChatError("internal", "The message could not be sent.", { cause: error });
    if (!queue.items.includes(item)) {
      // It was seen in the room meanwhile: whatever became of the answer, it is there.
      changed(roomId, queue);
    } else if (ERRORS[code].outcome === "final") {
      item.cancelSlow();
      setStatus(roomId, queue, item, { kind: "failed", code, detail: message });
    } else {
      if (code === "token_expired" || code === "unauthenticated") deps.onTokenProblem();
      // Without a connection the next one wakes it; while there is one, it goes on here.
      if (deps.isLive()) pause(roomId, queue, item, retryAfterMs);
      return;
    }
    drain(roomId);
  }

  function pause(roomId: string, queue: Queue, item: Item, retryAfterMs: number | undefined): void {
    const ms = retryAfterMs ?? waitMs(item.attempts, random);
    const cancel = timers.after(ms, () => {
      queue.wait = null;
      drain(roomId);
    });
    queue.wait = { cancel, told: retryAfterMs !== undefined };
    setStatus(roomId, queue, item, { kind: "stillTrying", retryAt: now() + ms });
  }

  return {
    pending: (roomId: string): readonly Pending[] => queues.get(roomId)?.shown ?? NONE,

    /**
     * Queues a message. One that is queued under this clientId already is not queued again.
     *
     * @returns its clientId
     * @throws ChatError `invalid_request` when the server would refuse it as it is
     */
    add(input: OutgoingMessage): string {
      const { roomId, clientId, text, replyTo } = checkedMessage(input);
      if (find(roomId, clientId) !== null) return clientId;
      const queue = queues.get(roomId) ?? { items: [], inFlight: null, wait: null, shown: NONE };
      queues.set(roomId, queue);
      const pending: Pending = {
        clientId,
        text,
        replyTo: replyTo ?? null,
        writtenAt: now(),
        status: { kind: "sending" },
      };
      const item: Item = { pending, attempts: 0, ackedSeq: null, cancelSlow: () => {} };
      queue.items.push(item);
      watch(roomId, item);
      changed(roomId, queue);
      drain(roomId);
      return clientId;
    },

    /** Sends a failed message again; under a new clientId where the old one stands for something else. */
    retry(roomId: string, clientId: string): void {
      const found = find(roomId, clientId);
      if (found === null || found.item.pending.status.kind !== "failed") return;
      const { queue, item } = found;
      if (item.pending.status.kind === "failed" && item.pending.status.code === "client_id_reused") {
        item.pending = { ...item.pending, clientId: newClientId() };
      }
      item.attempts = 0;
      setStatus(roomId, queue, item, { kind: "sending" });
      watch(roomId, item);
      drain(roomId);
    },

    /** Takes away a message that failed or never went out. One whose outcome is not known stays: it may be there already. */
    discard(roomId: string, clientId: string): void {
      const found = find(roomId, clientId);
      if (found === null) return;
      const { queue, item } = found;
      if (item.pending.status.kind === "failed" || item.attempts === 0)
        remove(roomId, queue, (other) => other === item);
    },

    /** Everything of a room up to `last` is known, and these entries of one's own are there: nothing of that is pending. */
    settle(roomId: string, ownClientIds: ReadonlySet<string>, last: number): void {
      const queue = queues.get(roomId);
      if (queue === undefined) return;
      const isThere = ({ pending, ackedSeq }: Item) =>
        ownClientIds.has(pending.clientId) || (ackedSeq !== null && ackedSeq <= last);
      // Its ack may be lost; what stands behind it need not wait for that.
      if (queue.inFlight !== null && isThere(queue.inFlight)) queue.inFlight = null;
      remove(roomId, queue, isThere);
      drain(roomId);
    },

    /** The connection is live again: everything that waits for one goes on, but for what the server told to wait. */
    wake(): void {
      for (const [roomId, queue] of [...queues]) {
        if (queue.wait !== null && !queue.wait.told) {
          queue.wait.cancel();
          queue.wait = null;
        }
        drain(roomId);
      }
    },

    /** Drops everything. */
    clear(): void {
      generation += 1;
      for (const queue of queues.values()) {
        queue.wait?.cancel();
        for (const item of queue.items) item.cancelSlow();
      }
      queues.clear();
      deps.onChange();
    },
  };
}
