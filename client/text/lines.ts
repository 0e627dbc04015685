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
