/** Access: whether somebody may look into a room. What they may do there is `rules`. */
import type { RoomRecord } from "../log/intents.js";
import type { LogReader } from "../log/reader.js";
import { ChatError } from "../protocol/errors.js";
import type { MemberRole } from "../protocol/shapes.js";

export interface Access {
  /** @throws ChatError `not_found`, or `forbidden` for someone who is not in a public room */
  member(roomId: string, userId: string): Promise<{ record: RoomRecord; role: MemberRole }>;
  /** The room, for its members and, when it is public, for anybody. @throws ChatError `not_found` */
  visible(roomId: string, userId: string): Promise<RoomRecord>;
}

export function noSuchRoom(): ChatError {
  return new ChatError("not_found", "There is no such room, or you are not in it.");
}

/** What somebody is told who is not in `room`; null: there is none. That a private or direct one exists is not for outsiders to know. */
export function outsiderError(room: RoomRecord | null): ChatError {
  return room?.kind === "public"
    ? new ChatError("forbidden", "You are not in this room. Join it first.")
    : noSuchRoom();
}

export function createAccess({ log }: { log: Pick<LogReader, "roomAndRole"> }): Access {
  return {
    async member(roomId, userId) {
      const { record, role } = await log.roomAndRole(roomId, userId);
      if (record === null || role === null) throw outsiderError(record);
      return { record, role };
    },
    async visible(roomId, userId) {
      const { record, role } = await log.roomAndRole(roomId, userId);
      if (record === null || (role === null && record.kind !== "public")) throw noSuchRoom();
      return record;
    },
  };
}
