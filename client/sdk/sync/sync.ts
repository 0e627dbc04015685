/** Catching up [S1]: on every connect, for a hole, and when the server says so. One at a time, over all rooms. */
import { ChatError } from "../../../src/protocol/errors.js";
import type { SyncAnswer, SyncRoom } from "../../../src/protocol/events.js";
import type { RoomView } from "../../../src/protocol/shapes.js";
import type { Call } from "../account/http.js";
import type { Surroundings } from "../options.js";
import type { History } from "../timeline/history.js";
import type { HeldRoom, Rooms } from "../rooms/rooms.js";

/** A push that is only late closes its hole by itself in this time. */
const REPAIR_AFTER_MS = 300;
/** After as many syncs that did not close a room's hole, the room is loaded anew. */
const MAX_REPAIRS = 3;
/** More rooms than this that are new are asked for in one call. */
const MAX_SINGLE_VIEWS = 3;
const RATE_LIMITED_WAIT_MS = 1_000;

export interface SyncDeps {
  surroundings: Pick<Surroundings, "timers">;
  ask(heads: Record<string, number>): Promise<SyncAnswer>;
  call: Call;
  rooms: Rooms;
  history: History;
  isConnected(): boolean;
  /** The server's history is another one than before: everything held is void. */
  onOtherHistory(): void;
  /** A repair met a connection that does not answer. */
  onFailure(error: unknown): void;
}

export type Sync = ReturnType<typeof createSync>;

export function createSync(deps: SyncDeps) {
  const { ask, call, rooms, history } = deps;
  const { timers } = deps.surroundings;
  let historyId: string | null = null;
  let isLoaded = false;
  let current: Promise<void> | null = null;
  let queued: Promise<void> | null = null;
  let cancelRepair: (() => void) | null = null;
  /** How many repairs in a row have left a room behind. */
  const failed = new Map<string, number>();
  /** Rooms whose reload did not come through: tried again after the next sync. */
  const stale = new Set<HeldRoom>();
  let generation = 0;

  async function catchUp(): Promise<void> {
    const mine = generation;
    if (!isLoaded) await loadRooms();
    for (;;) {
      const answer = await askPatiently();
      if (mine !== generation) return;
      if (historyId !== null && answer.historyId !== historyId) {
        historyId = answer.historyId;
        startOver();
        await loadRooms();
        continue;
      }
      historyId = answer.historyId;
      const hasMoved = await take(answer, mine);
      if (!hasMoved || !answer.rooms.some((room) => room.more)) break;
    }
    rooms.forgetStrangers();
    for (const room of rooms.list()) if (stale.has(room) || room.newest === "failed") reload(room);
  }

  async function loadRooms(): Promise<void> {
    const mine = generation;
    const answer = await call("listRooms");
    if (mine !== generation) return;
    for (const view of answer.rooms) rooms.add(view, view.room.head);
    isLoaded = true;
  }

  async function askPatiently(): Promise<SyncAnswer> {
    for (;;) {
      try {
        return await ask(rooms.heads());
      } catch (error) {
        if (!(error instanceof ChatError) || error.code !== "rate_limited") throw error;
        await new Promise<void>((resolve) => void timers.after(error.retryAfterMs ?? RATE_LIMITED_WAIT_MS, resolve));
      }
    }
  }

  function startOver(): void {
    failed.clear();
    stale.clear();
    isLoaded = false;
    deps.onOtherHistory();
  }

  /** @returns whether anything of it was new: an answer that moves nothing is not asked for again */
  async function take(answer: SyncAnswer, mine: number): Promise<boolean> {
    for (const roomId of answer.left) rooms.remove(roomId);
    const strangers = answer.rooms.filter(({ roomId }) => rooms.get(roomId) === undefined);
    const views = await viewsOf(strangers);
    if (mine !== generation) return false;
    let hasMoved = answer.left.length > 0;
    for (const room of answer.rooms) {
      const view = views.get(room.roomId);
      if (view !== undefined) {
        rooms.add(view, room.reset ? room.head : 0);
        hasMoved = true;
      }
      const held = rooms.get(room.roomId);
      if (held === undefined) continue;
      const before = held.log.last;
      if (room.reset && view === undefined) {
        rooms.reset(room.roomId, room.head);
        reload(held);
      }
      rooms.synced(room);
      if (room.reset || held.log.last > before) hasMoved = true;
    }
    return hasMoved;
  }

  async function viewsOf(strangers: readonly SyncRoom[]): Promise<Map<string, RoomView>> {
    const ids = new Set(strangers.map((room) => room.roomId));
    if (ids.size > MAX_SINGLE_VIEWS) {
      const { rooms: all } = await call("listRooms");
      return new Map(all.filter((view) => ids.has(view.room.id)).map((view) => [view.room.id, view]));
    }
    const views = await Promise.all([...ids].map(viewOf));
    return new Map(views.filter((view) => view !== null).map((view) => [view.room.id, view]));
  }

  /** Null when the room was left or lost since. */
  async function viewOf(roomId: string): Promise<RoomView | null> {
    try {
      const view = await call("getRoom", { params: { roomId } });
      return view.membership === null ? null : view;
    } catch (error) {
      if (error instanceof ChatError && (error.code === "not_found" || error.code === "forbidden")) return null;
      throw error;
    }
  }

  function reload(room: HeldRoom, how: "keep" | "restart" = "keep"): void {
    stale.delete(room);
    history.reload(room, how).catch((error: unknown) => {
      if (rooms.get(room.id) !== room) return;
      // Gone or closed to us: a removal that was missed. Anything else is tried again after the next sync.
      if (error instanceof ChatError && (error.code === "not_found" || error.code === "forbidden"))
        rooms.remove(room.id);
      else stale.add(room);
    });
  }

  function run(): Promise<void> {
    const mine = generation;
    if (current === null) {
      const running = catchUp().finally(() => {
        if (current === running) current = null;
      });
      current = running;
      return running;
    }
    // Each of these stands behind the one under way; how that one ended is told to whoever asked for it.
    queued ??= current
      .catch(() => undefined)
      .then(() => {
        if (mine !== generation) throw new ChatError("unavailable", "Nobody is logged in any more.");
        queued = null;
        return run();
      });
    return queued;
  }

  function repairSoon(): void {
    if (cancelRepair !== null || !deps.isConnected()) return;
    const tries = Math.max(0, ...rooms.behind().map((room) => failed.get(room.id) ?? 0));
    cancelRepair = timers.after(REPAIR_AFTER_MS * 2 ** tries, () => {
      cancelRepair = null;
      // `repair` reports its failures itself.
      void repair();
    });
  }

  async function repair(): Promise<void> {
    const mine = generation;
    if (!deps.isConnected() || (rooms.behind().length === 0 && !rooms.hasStrangers())) return;
    try {
      await run();
    } catch (error) {
      if (mine === generation) deps.onFailure(error);
      return;
    }
    if (mine === generation) settle();
  }

  /** Counts the rooms that a sync has left behind; one that stays behind is loaded anew, so that this comes to an end. */
  function settle(): void {
    const behind = new Set(rooms.behind().map((room) => room.id));
    for (const roomId of failed.keys()) if (!behind.has(roomId)) failed.delete(roomId);
    for (const roomId of behind) {
      const tries = (failed.get(roomId) ?? 0) + 1;
      failed.set(roomId, tries);
      if (tries < MAX_REPAIRS) continue;
      failed.delete(roomId);
      const room = rooms.get(roomId);
      if (room === undefined) continue;
      rooms.reset(roomId, room.log.last, "dropHeld");
      reload(room, "restart");
    }
    if (rooms.behind().length > 0) repairSoon();
  }

  return {
    /** Catches up. @throws ChatError when the server did not answer, or refused */
    async run(): Promise<void> {
      await run();
      settle();
    },
    /** Something is missing: asks for it in a moment, unless it comes by itself. */
    repairSoon,
    /** What the log does not tell may have been missed as well: the next sync reads all rooms anew. */
    doubtViews(): void {
      isLoaded = false;
    },
    clear(): void {
      generation += 1;
      historyId = null;
      isLoaded = false;
      current = null;
      queued = null;
      failed.clear();
      stale.clear();
      cancelRepair?.();
      cancelRepair = null;
    },
  };
}
