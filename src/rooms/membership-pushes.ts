/** Tells users of their memberships as they are now, in the order in which they came about. */
import type { Membership } from "../protocol/shapes.js";

export interface MembershipPushesDeps {
  /** majority read */
  membershipOf(roomId: string, userId: string): Promise<Membership | null>;
  push(membership: Membership): void;
  onFault(error: unknown, where: { userId: string; roomId: string }): void;
}

/**
 * Returns a function that reads a membership which has changed, and pushes it.
 *
 * Of one membership, one read is under way at a time, so that no earlier answer can come after a later one; all that changes
 * meanwhile is one further read, begun after the last of these changes.
 */
export function createMembershipPushes({ membershipOf, push, onFault }: MembershipPushesDeps) {
  /** What is being read, and whether it has changed since the read began. */
  const underWay = new Map<string, { isStale: boolean }>();

  return async function membershipChanged(userId: string, roomId: string): Promise<void> {
    const key = `${roomId} ${userId}`;
    const running = underWay.get(key);
    if (running !== undefined) {
      running.isStale = true;
      return;
    }
    const reading = { isStale: true };
    underWay.set(key, reading);
    while (reading.isStale) {
      reading.isStale = false;
      try {
        const membership = await membershipOf(roomId, userId);
        if (membership !== null) push(membership);
      } catch (error) {
        onFault(error, { userId, roomId });
      }
    }
    underWay.delete(key);
  };
}
