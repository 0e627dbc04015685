/** The lines that say who came, who went and what changed about a room. */
import type { JoinEntry, LeaveEntry, RoomEntry } from "../../src/protocol/entries.js";

const list = new Intl.ListFormat("en", { type: "conjunction" });

/**
 * One sentence without its full stop, such as "Ines Okafor invited Ravi Menon".
 *
 * @param nameOf - gives a user's display name, or a stand-in while it is not known
 */
export function lineOf(entry: JoinEntry | LeaveEntry | RoomEntry, nameOf: (userId: string) => string): string {
  const doer = nameOf(entry.senderId);
  switch (entry.kind) {
    case "join":
      // A room's log begins with the join of whoever made it [L11].
      if (entry.seq === 1 && entry.senderId === entry.userId) return `${doer} made this room`;
      return entry.senderId === entry.userId ? `${doer} joined` : `${doer} invited ${nameOf(entry.userId)}`;
    case "leave":
      return entry.senderId === entry.userId ? `${doer} left` : `${doer} removed ${nameOf(entry.userId)}`;
    case "room":
      return `${doer} ${list.format(changeWords(entry.changes))}`;
  }
}

/** More than this many are counted, not named. */
const NAMED_MAX = 3;

/**
 * Several comings and goings in one sentence without its full stop: "Ada, Grace and 12 others joined, Ines left". Somebody who
 * came and went is named once.
 */
export function trafficLine(entries: readonly (JoinEntry | LeaveEntry)[], nameOf: (userId: string) => string): string {
  const courses = new Map<string, { first: "join" | "leave"; last: "join" | "leave" }>();
  for (const { userId, kind } of entries)
    courses.set(userId, { first: courses.get(userId)?.first ?? kind, last: kind });
  const names = new Map<string, string[]>();
  for (const [userId, { first, last }] of courses) {
    const deed = DEEDS[first][last];
    names.set(deed, [...(names.get(deed) ?? []), nameOf(userId)]);
  }
  return [...names].map(([deed, doers]) => `${listed(doers)} ${deed}`).join(", ");
}

/** By what somebody did first and last. */
const DEEDS = {
  join: { join: "joined", leave: "came and went" },
  leave: { leave: "left", join: "left and came back" },
} as const;

function listed(names: readonly string[]): string {
  if (names.length <= NAMED_MAX + 1) return list.format(names);
  return list.format([...names.slice(0, NAMED_MAX), `${names.length - NAMED_MAX} others`]);
}

function changeWords(changes: RoomEntry["changes"]): string[] {
  const words: string[] = [];
  if (changes.name !== undefined) words.push(`renamed the room to “${changes.name}”`);
  if (changes.topic !== undefined) {
    words.push(changes.topic === "" ? "took the topic away" : `set the topic to “${changes.topic}”`);
  }
  if (changes.kind !== undefined) words.push(`made the room ${changes.kind}`);
  if (changes.archived !== undefined) words.push(changes.archived ? "archived the room" : "opened the room again");
  return words.length > 0 ? words : ["changed the room"];
}
