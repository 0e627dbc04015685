/** Loads pages of a room's history on request, and what else of a room is asked for by REST. */
import { ChatError } from "../../../src/protocol/errors.js";
import { LIMITS } from "../../../src/protocol/limits.js";
import type { Answer } from "../../../src/protocol/endpoints/index.js";
import type { Call } from "../account/http.js";
import { liveView } from "../rooms/room-view.js";
import { EMPTY_TIMELINE, firstHeld, holeAfter, lastHeld, type Range } from "./timeline.js";
import type { HeldRoom, Rooms } from "../rooms/rooms.js";

export interface HistoryDeps {
  call: Call;
  rooms: Rooms;
  /** Resolves when the rooms are known: at once, or with the first sync of this account. */
  whenReady(): Promise<void>;
}

export type History = ReturnType<typeof createHistory>;
type PageAnswer = Answer<"listMessages">;

const seqs = (page: PageAnswer) => page.messages.map((entry) => entry.seq);
/** What of the room a page holds in full: `before` and `after` say where the next one would go on, null that there is none. */
const firstOf = (page: PageAnswer) => page.page.before ?? 1;
const lastOf = (page: PageAnswer) => page.page.after ?? Math.max(page.head, ...seqs(page));

export function createHistory({ call, rooms, whenReady }: HistoryDeps) {
  /** What is under way, by room and kind: a second call joins the first. */
  const underWay = new Map<string, Promise<void>>();

  function once(key: string, task: () => Promise<void>): Promise<void> {
    const running = underWay.get(key);
    if (running !== undefined) return running;
    const mine = task().finally(() => {
      if (underWay.get(key) === mine) underWay.delete(key);
    });
    underWay.set(key, mine);
    return mine;
  }

  async function known(roomId: string): Promise<HeldRoom> {
    await whenReady();
    const room = rooms.get(roomId);
    if (room === undefined) throw new ChatError("not_found", "There is no such room, or you are not in it.");
    return room;
  }

  const page = (room: HeldRoom, query: { before?: number; after?: number; limit?: number }) =>
    call("listMessages", { params: { roomId: room.id }, query });

  const isCurrent = (room: HeldRoom, epoch: number) => rooms.get(room.id) === room && room.epoch === epoch;

  /** Pages until one is taken in: a reset in between makes what was asked for before void. */
  async function loadNewest(room: HeldRoom): Promise<void> {
    rooms.change(room.id, () => void (room.newest = "loading"));
    try {
      for (;;) {
        const epoch = room.epoch;
        const answer = await page(room, {});
        if (rooms.get(room.id) !== room) return;
        if (!isCurrent(room, epoch)) continue;
        room.newest = "ready";
        rooms.addPage(room, answer.messages, { from: firstOf(answer), to: lastOf(answer) });
        rooms.atHead(room.id, answer.head);
        // A page that ends before what came live: what is between is asked for once, and else stays a hole in sight.
        await fill(room, lastOf(answer)).catch(() => undefined);
        return;
      }
    } catch (error) {
      rooms.change(room.id, () => void (room.newest = "failed"));
      throw error;
    }
  }

  async function loadAbove(room: HeldRoom): Promise<void> {
    const before = firstHeld(room.timeline);
    if (before === null || before <= 1) return;
    const epoch = room.epoch;
    rooms.change(room.id, () => void (room.older = "loading"));
    try {
      const answer = await page(room, { before });
      if (!isCurrent(room, epoch)) return;
      room.older = "idle";
      // What it was to stand above was given up meanwhile.
      if (firstHeld(room.timeline) !== before) return rooms.change(room.id, () => undefined);
      rooms.extend(room, answer.messages, { from: firstOf(answer), to: before - 1 }, "top");
    } catch (error) {
      if (isCurrent(room, epoch)) rooms.change(room.id, () => void (room.older = "failed"));
      throw error;
    }
  }

  async function loadBelow(room: HeldRoom): Promise<void> {
    const after = lastHeld(room.timeline);
    if (after === null || room.newer === "end") return;
    const epoch = room.epoch;
    rooms.change(room.id, () => void (room.newer = "loading"));
    try {
      const answer = await page(room, { after });
      if (!isCurrent(room, epoch)) return;
      room.newer = "more";
      // What it was to stand below was given up meanwhile.
      if (lastHeld(room.timeline) !== after) return rooms.change(room.id, () => undefined);
      const to = lastOf(answer);
      // What comes live from now on follows: nothing of it is missing between.
      if (to >= room.log.last) room.newer = "end";
      rooms.extend(room, answer.messages, { from: after + 1, to }, "end");
      rooms.atHead(room.id, answer.head);
    } catch (error) {
      if (isCurrent(room, epoch) && room.newer === "loading") rooms.change(room.id, () => void (room.newer = "failed"));
      throw error;
    }
  }

  /** The rows stay until the newest page takes their place. */
  async function backToEnd(room: HeldRoom): Promise<void> {
    const epoch = room.epoch;
    const answer = await page(room, {});
    if (!isCurrent(room, epoch) || room.newer === "end") return;
    room.epoch += 1;
    room.timeline = EMPTY_TIMELINE;
    room.older = "idle";
    room.loadedOlder = 0;
    room.newer = "end";
    rooms.addPage(room, answer.messages, { from: firstOf(answer), to: lastOf(answer) });
    rooms.atHead(room.id, answer.head);
    // Entries that came live while the page was on its way.
    if (lastOf(answer) < room.log.last) {
      room.newer = "more";
      await loadBelow(room);
    }
  }

  async function fill(room: HeldRoom, after: number): Promise<void> {
    const epoch = room.epoch;
    for (let hole = holeAfter(room.timeline, after); hole !== null; hole = holeAfter(room.timeline, hole.after)) {
      const answer = await page(room, { after: hole.after, limit: LIMITS.pageMax });
      if (!isCurrent(room, epoch)) return;
      const loaded: Range = { from: hole.after + 1, to: Math.min(lastOf(answer), hole.before - 1) };
      if (loaded.to < loaded.from) throw new ChatError("internal", "The server gave a page that does not go on.");
      const entries = answer.messages.filter((entry) => entry.seq <= loaded.to);
      room.loadedOlder += entries.length;
      rooms.addPage(room, entries, loaded);
      hole = { after: loaded.to, before: hole.before };
    }
  }

  async function loadMemberList(room: HeldRoom): Promise<void> {
    rooms.expectMembers(room);
    const { members } = await call("listMembers", { params: { roomId: room.id } });
    if (rooms.get(room.id) === room) rooms.setMembers(room, members);
  }

  const newestOnce = (room: HeldRoom) => once(`newest ${room.id}`, () => loadNewest(room));
  const membersOnce = (room: HeldRoom) => once(`members ${room.id}`, () => loadMemberList(room));

  return {
    async open(roomId: string): Promise<void> {
      const room = await known(roomId);
      if (room.newest !== "ready") await newestOnce(room);
    },
    async loadOlder(roomId: string): Promise<void> {
      const room = await known(roomId);
      if (firstHeld(room.timeline) === null) return newestOnce(room);
      await once(`older ${roomId}`, () => loadAbove(room));
    },
    async loadNewer(roomId: string): Promise<void> {
      const room = await known(roomId);
      await once(`newer ${roomId}`, () => loadBelow(room));
    },
    async loadNewest(roomId: string): Promise<void> {
      const room = await known(roomId);
      if (room.newest !== "ready") await newestOnce(room);
      else if (room.newer !== "end") await once(`end ${roomId}`, () => backToEnd(room));
    },
    async fillHole(roomId: string, after: number): Promise<void> {
      const room = await known(roomId);
      await once(`hole ${roomId} ${after}`, () => fill(room, after));
    },
    async loadMembers(roomId: string): Promise<void> {
      await membersOnce(await known(roomId));
    },

    /**
     * Loads again what is shown of a room, after its log had to be dropped: its view, its newest page and its member list
     * where these were there.
     *
     * @param how - `restart`: the log goes on behind the head that the view names, whatever was heard of before
     * @throws ChatError when something of it did not come; what failed shows in the room's state
     */
    async reload(room: HeldRoom, how: "keep" | "restart"): Promise<void> {
      const view = call("getRoom", { params: { roomId: room.id } }).then((answer) => {
        if (rooms.get(room.id) !== room) return;
        if (how === "restart") rooms.reset(room.id, answer.room.head, "dropHeld");
        rooms.change(room.id, () => {
          if (how === "restart" || answer.room.head >= room.live.view.room.head) room.live = liveView(answer);
        });
      });
      const newest = room.newest === "none" ? undefined : newestOnce(room);
      const members = room.memberEntries === null ? undefined : membersOnce(room);
      await Promise.all([view, newest, members]);
    },
  };
}
