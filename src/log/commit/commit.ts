/**
 * One commit: judges what was taken from the queue, numbers it, writes it, and hands on what is confirmed.
 *
 * Plain messages of all rooms go in one ordered insert; what changes a room goes in a small transaction of its own after it [G7].
 * Nothing is delivered or answered before MongoDB has confirmed it [L3].
 */
import { ChatError } from "../../protocol/errors.js";
import type { Entry } from "../../protocol/entries.js";
import type { ClientIdKey, EntryStore, Hashed } from "../entry-store.js";
import type { FactsLoader } from "./facts.js";
import type { Draft, Facts, Rules } from "../intents.js";
import type { Memory, RoomMemory } from "../memory.js";
import { clientIdReused, type Item, type Queue } from "./queue.js";
import { isDatabaseFault, type ChangeWriter } from "./change-writer.js";

/** What a commit leaves undone. */
export interface Leftover {
  /** to be taken again, in their order */
  again: Item[];
  /** rooms to hold back: another server was first (`raced`), or nothing is known of the outcome (`unknown`) [G4] */
  raced: Set<string>;
  unknown: Set<string>;
}

/** An item with the entries it becomes. */
interface Placed {
  item: Item;
  room: RoomMemory;
  entries: readonly [Hashed, ...Hashed[]];
}

interface Part {
  room: RoomMemory;
  head: number;
  lastSentAt: number;
}

export interface CommitDeps {
  queue: Queue;
  store: EntryStore;
  memory: Memory;
  facts: FactsLoader;
  rules: Rules;
  changes: ChangeWriter;
  /** the server's clock, in milliseconds [G5] */
  now(): number;
  newClientId(): string;
  /** entries that are confirmed, ascending */
  deliver(room: RoomMemory, entries: readonly Entry[]): void;
  onDuplicateKey?(): void;
  /** an outcome is unknown, and its items will be submitted again */
  onUnknown?(error: unknown): void;
}

export type Commit = (items: readonly Item[]) => Promise<Leftover>;

/** A bug of ours: repeating would not help, and it must not look like a database that is away. */
const fault = (cause: unknown) => new ChatError("internal", "The entry could not be judged.", { cause });

const idKey = ({ roomId, senderId, clientId }: ClientIdKey) => `${roomId} ${senderId} ${clientId}`;

function toWire(base: Pick<Entry, "roomId" | "seq" | "sentAt" | "senderId" | "clientId">, draft: Draft): Entry {
  if (draft.kind !== "message") return { ...base, ...draft };
  const unchanged = { files: [], mentions: [], editedAt: null, deletedAt: null, reactions: [], pinned: false };
  return { ...base, ...draft, ...unchanged, changedSeq: null };
}

export function createCommit(deps: CommitDeps): Commit {
  const { queue, store, memory, facts, rules, changes, now, newClientId, deliver } = deps;

  function settleRepeat(item: Item, first: Hashed): void {
    const deleted = first.entry.kind === "message" && first.entry.deletedAt !== null;
    if (first.contentHash !== item.contentHash && !deleted) queue.refuse(item, clientIdReused());
    else queue.settle(item, { entry: first.entry, repeat: !item.attempted });
  }

  function place(part: Part, item: Item, drafts: readonly [Draft, ...Draft[]]): Placed["entries"] {
    const { roomId, senderId, clientId } = item.proposal;
    const sentAt = Math.max(now(), part.lastSentAt);
    const entries = drafts.map((draft, index) => {
      part.head += 1;
      const base = { roomId, seq: part.head, sentAt: new Date(sentAt).toISOString(), senderId };
      // Further entries of the same change get ids of their own: (room, sender, clientId) is unique.
      return {
        entry: toWire({ ...base, clientId: index === 0 ? clientId : newClientId() }, draft),
        contentHash: item.contentHash,
      };
    });
    part.lastSentAt = sentAt;
    return entries as [Hashed, ...Hashed[]];
  }

  function confirm(placed: readonly Placed[]): void {
    const byRoom = new Map<RoomMemory, Hashed[]>();
    for (const { room, entries } of placed) byRoom.set(room, [...(byRoom.get(room) ?? []), ...entries]);
    for (const [room, entries] of byRoom) {
      memory.append(room, entries);
      deliver(
        room,
        entries.map(({ entry }) => entry),
      );
    }
    for (const { item, entries } of placed) queue.settle(item, { entry: entries[0].entry, repeat: false });
  }

  /** Answers those of `items` that a majority read finds under their clientId; returns the others. */
  async function settleRepeats(items: readonly Item[]): Promise<Item[]> {
    const found = await store.findByClientIds(items.map(({ proposal }) => proposal));
    const firsts = new Map(found.map((hashed) => [idKey(hashed.entry), hashed]));
    return items.filter((item) => {
      const first = firsts.get(idKey(item.proposal));
      if (first === undefined) return true;
      const { roomId, seq } = first.entry;
      // A write of unknown outcome that was carried out after its room was read again: it is still to be delivered.
      if (seq > (memory.get(roomId)?.head ?? seq)) memory.forget(roomId);
      settleRepeat(item, first);
      return false;
    });
  }

  /** Plain messages, numbered; and per room the one item that changes it, which comes last. */
  async function plan(
    items: readonly Item[],
    leftover: Leftover,
  ): Promise<{ plain: Placed[]; changing: Item[]; parts: Map<string, Part>; factsOf: (item: Item) => Facts }> {
    const loaded = await facts.prepare(items.map(({ proposal }) => proposal));
    const factsOf = (item: Item) => loaded(item.proposal);
    const parts = new Map<string, Part>();
    const plain: Placed[] = [];
    const changing: Item[] = [];
    const refused = new Map<Item, ChatError>();
    for (const item of items) {
      const { roomId, senderId, clientId, intent } = item.proposal;
      const room = memory.get(roomId);
      const known = room && memory.findByClientId(room, senderId, clientId);
      if (known !== undefined) {
        settleRepeat(item, known);
        continue;
      }
      if (intent.kind !== "message") {
        changing.push(item);
        continue;
      }
      if (room === undefined) {
        leftover.again.push(item);
        continue;
      }
      const verdict = rules.judgeMessage(item.proposal, factsOf(item));
      if (verdict.kind === "append") {
        const part = parts.get(roomId) ?? { room, head: room.head, lastSentAt: room.lastSentAt };
        parts.set(roomId, part);
        plain.push({ item, room, entries: place(part, item, verdict.drafts) });
      } else {
        refused.set(
          item,
          verdict.kind === "refuse" ? verdict.error : new ChatError("internal", "The message could not be judged."),
        );
      }
    }
    // Before any refusal the clientId is looked up: a repeat is answered as one, whatever has changed since [G6].
    for (const item of await settleRepeats([...refused.keys()])) queue.refuse(item, refused.get(item) as ChatError);
    return { plain, changing, parts, factsOf };
  }

  async function writePlain(plain: readonly Placed[], leftover: Leftover): Promise<void> {
    if (plain.length === 0) return;
    const outcome = await store.insert(plain.flatMap(({ entries }) => [...entries]));
    if (outcome.kind === "stored") return confirm(plain);
    if (outcome.kind === "unknown")
      return giveUp(
        plain.map(({ item }) => item),
        leftover,
        outcome.error,
      );
    // A plain message is one entry, so the index of the document is that of the item.
    deps.onDuplicateKey?.();
    confirm(plain.slice(0, outcome.index));
    const rest = plain.slice(outcome.index).map(({ item }) => item);
    const stuck = rest[0] as Item;
    if (outcome.on === "sequencer") {
      memory.forget(stuck.proposal.roomId);
      leftover.raced.add(stuck.proposal.roomId);
      leftover.again.push(...rest);
      return;
    }
    // A repeat. All that remain are looked up at once and numbered anew: going on with the old numbers would leave a gap [G3].
    try {
      const unseen = await settleRepeats(rest);
      leftover.again.push(...unseen);
      // Its first one is stored but not yet visible to a majority read: it waits, and is tried again.
      if (unseen.includes(stuck)) leftover.raced.add(stuck.proposal.roomId);
    } catch (error) {
      giveUp(rest, leftover, error);
    }
  }

  /** Nothing is known about these: their rooms are read again before they are submitted again [G4]. */
  function giveUp(items: readonly Item[], leftover: Leftover, error: unknown): void {
    deps.onUnknown?.(error);
    for (const item of items) {
      item.attempted = true;
      memory.forget(item.proposal.roomId);
      leftover.unknown.add(item.proposal.roomId);
    }
    leftover.again.push(...items);
  }

  async function writeChange(item: Item, factsOfItem: Facts, leftover: Leftover): Promise<void> {
    const { roomId } = item.proposal;
    const verdict = await rules.judgeChange(item.proposal, factsOfItem);
    if (verdict.kind === "refuse") return queue.refuse(item, verdict.error);
    if (verdict.kind === "nothing") return queue.settle(item, { entry: null, repeat: false });
    const room = memory.get(roomId);
    // It was used too little, or is to be read again.
    if (room === undefined) return void leftover.again.push(item);
    const entries = place({ room, head: room.head, lastSentAt: room.lastSentAt }, item, verdict.drafts);
    const outcome = await changes.write(entries, verdict.change);
    switch (outcome.kind) {
      case "stored":
        return confirm([{ item, room, entries }]);
      case "refused":
        return queue.refuse(item, outcome.error);
      case "raced":
        deps.onDuplicateKey?.();
        memory.forget(roomId);
        leftover.raced.add(roomId);
        leftover.again.push(item);
        return;
      case "unknown":
        return giveUp([item], leftover, outcome.error);
    }
  }

  async function writeChanges(
    changing: readonly Item[],
    factsOf: (item: Item) => Facts,
    leftover: Leftover,
  ): Promise<void> {
    const waits = (item: Item) => leftover.again.some(({ proposal }) => proposal.roomId === item.proposal.roomId);
    leftover.again.push(...changing.filter(waits));
    const ready = changing.filter((item) => !leftover.again.includes(item));
    const fresh = await settleRepeats(ready);
    await Promise.all(
      fresh.map(async (item) => {
        try {
          await writeChange(item, factsOf(item), leftover);
        } catch (error) {
          if (error instanceof ChatError) queue.refuse(item, error);
          else if (isDatabaseFault(error)) giveUp([item], leftover, error);
          else queue.refuse(item, fault(error));
        }
      }),
    );
  }

  return async (items) => {
    const leftover: Leftover = { again: [], raced: new Set(), unknown: new Set() };
    let planned: Awaited<ReturnType<typeof plan>>;
    try {
      planned = await plan(items, leftover);
    } catch (error) {
      // Nothing was written, but what was settled meanwhile is settled.
      leftover.again.splice(0);
      const open = items.filter((item) => queue.isOpen(item));
      if (isDatabaseFault(error)) giveUp(open, leftover, error);
      else for (const item of open) queue.refuse(item, fault(error));
      return leftover;
    }
    await writePlain(planned.plain, leftover);
    try {
      await writeChanges(planned.changing, planned.factsOf, leftover);
    } catch (error) {
      const open = planned.changing.filter((item) => queue.isOpen(item) && !leftover.again.includes(item));
      giveUp(open, leftover, error);
    }
    const order = new Map(items.map((item, index) => [item, index]));
    leftover.again.sort((one, other) => (order.get(one) ?? 0) - (order.get(other) ?? 0));
    return leftover;
  };
}
