import { describe, expect, it } from "@jest/globals";
import type { Entry } from "../../../src/protocol/entries.js";
import type { User } from "../../../src/protocol/shapes.js";
import { membersWithEntry } from "./room-members.js";

const grace: User = {
  id: "grace",
  username: "grace",
  displayName: "Grace",
  avatarUrl: null,
  bot: false,
  createdAt: "2026-11-21T05:30:27.123Z",
};
const base = { roomId: "room", sentAt: "2026-11-21T05:31:00.000Z", clientId: "id" };
const join = (senderId: string): Entry => ({ ...base, kind: "join", seq: 7, senderId, userId: "grace" });

describe("a member list", () => {
  it.each([
    ["joins by themselves is shown as online", "grace", "online"],
    ["was invited is shown as offline, for nothing is known", "ada", "offline"],
  ])("whoever %s", (_who, senderId, status) => {
    const members = membersWithEntry([], join(senderId), grace);

    expect(members.map(({ user, presence }) => [user.id, presence.status])).toEqual([["grace", status]]);
  });

  it("[S3] takes the same join once", () => {
    const once = membersWithEntry([], join("grace"), grace);

    expect(membersWithEntry(once, join("grace"), grace)).toBe(once);
  });

  it("gives a role and takes who leaves away", () => {
    const joined = membersWithEntry([], join("grace"), grace);
    const role: Entry = { ...base, kind: "role", seq: 8, senderId: "ada", userId: "grace", role: "moderator" };
    const leave: Entry = { ...base, kind: "leave", seq: 9, senderId: "grace", userId: "grace" };

    const moderators = membersWithEntry(joined, role, grace);

    expect(moderators.map(({ membership }) => membership.role)).toEqual(["moderator"]);
    expect(membersWithEntry(moderators, leave, grace)).toEqual([]);
  });
});
