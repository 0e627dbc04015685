import { message, roomState } from "../testing/shapes.js";
import { passwordProblem, usernameProblem } from "./account-checks.js";
import { createDrafts } from "./drafts.js";
import { mayArchive, mayChangeRoles, mayDescribe, mayInvite, mayLeave, mayRemove } from "./permissions.js";
import { byActivity, cappedCount, heldOrder } from "./room-list.js";
import { createSeen, unreadOf } from "./seen.js";

beforeEach(() => localStorage.clear());

describe("permissions follow the contract's table", () => {
  const { room } = roomState({ id: "yard" }).view;
  const archived = { ...room, archivedAt: "2026-11-20T09:00:00.000Z" };

  it("lets moderators and owners change name and topic, and owners alone the rest", () => {
    expect(["member", "moderator", "owner"].map((role) => mayDescribe(role as "member", room))).toEqual([
      false,
      true,
      true,
    ]);
    expect([mayChangeRoles("moderator", room), mayChangeRoles("owner", room)]).toEqual([false, true]);
    expect([mayArchive("moderator", room), mayArchive("owner", room)]).toEqual([false, true]);
  });

  it("lets people remove those of lower rank only, in an archived room too", () => {
    expect(mayRemove("member", "member", room)).toBe(false);
    expect(mayRemove("moderator", "member", room)).toBe(true);
    expect(mayRemove("moderator", "moderator", room)).toBe(false);
    expect(mayRemove("owner", "owner", room)).toBe(false);
    expect(mayRemove("owner", "moderator", archived)).toBe(true);
  });

  it("leaves an archived room only leaving, removing and opening again", () => {
    expect(mayInvite(archived)).toBe(false);
    expect(mayDescribe("owner", archived)).toBe(false);
    expect(mayChangeRoles("owner", archived)).toBe(false);
    expect(mayArchive("owner", archived)).toBe(true);
    expect(mayLeave(archived)).toBe(true);
  });

  it("leaves the people of a direct room as they are", () => {
    const direct = { ...room, kind: "direct" as const };

    expect([mayInvite(direct), mayLeave(direct), mayArchive("owner", direct)]).toEqual([false, false, false]);
  });
});

describe("the rail's order", () => {
  const room = (id: string, sentAt: string) => [id, roomState({ id }, [message(1, "ines", "x", { sentAt })])] as const;

  it("puts the room where something happened last first", () => {
    const rooms = new Map([
      room("old", "2026-11-01T00:00:00.000Z"),
      room("new", "2026-11-20T00:00:00.000Z"),
      room("mid", "2026-11-10T00:00:00.000Z"),
    ]);

    expect(byActivity(rooms)).toEqual(["new", "mid", "old"]);
  });

  it("does not move under the pointer: new rooms come last, gone ones go", () => {
    expect(heldOrder(["a", "b", "c"], ["d", "c", "a"])).toEqual(["a", "c", "d"]);
  });

  it("stops counting at 99", () => {
    expect([cappedCount(99), cappedCount(100)]).toEqual(["99", "99+"]);
  });
});

describe("drafts", () => {
  it("survive a reload, each account and room for itself, and a logout ends them", () => {
    const drafts = createDrafts(localStorage, "mara");
    drafts.set("yard", "half a thought");

    expect(createDrafts(localStorage, "mara").get("yard")).toBe("half a thought");
    expect(createDrafts(localStorage, "mara").get("other")).toBe("");
    expect(createDrafts(localStorage, "ines").get("yard")).toBe("");

    drafts.wipe();
    expect(createDrafts(localStorage, "mara").get("yard")).toBe("");
    expect(localStorage).toHaveLength(0);
  });

  it("tell of a draft that appears or goes, not of every key", () => {
    const drafts = createDrafts(localStorage, "mara");
    let told = 0;
    drafts.subscribe(() => (told += 1));

    for (const text of ["a", "ab", "abc", ""]) drafts.set("yard", text);

    expect(told).toBe(2);
  });

  it("work without storage", () => {
    const drafts = createDrafts(null, "mara");
    drafts.set("yard", "x");

    expect(drafts.get("yard")).toBe("x");
  });
});

describe("unread", () => {
  const rows = [1, 2, 3, 4].map((seq) => message(seq, seq === 3 ? "mara" : "ines", "x"));
  const room = roomState({ id: "yard", unread: 3, head: 4 }, rows);

  it("is the server's count until something was seen here", () => {
    expect(unreadOf(room, 0, "mara")).toBe(3);
  });

  it("leaves out what was seen here, and one's own words", () => {
    expect(unreadOf(room, 2, "mara")).toBe(1);
    expect(unreadOf(room, 4, "mara")).toBe(0);
  });

  it("never counts what is not loaded", () => {
    expect(unreadOf({ ...room, rows: rows.slice(3) }, 1, "mara")).toBe(3);
  });

  it("remembers how far over a reload, and never goes back", () => {
    const seen = createSeen(localStorage, "mara");
    seen.mark("yard", 7);
    seen.mark("yard", 3);

    expect(createSeen(localStorage, "mara").get("yard")).toBe(7);
  });

  it("begins anew when what was stored makes no sense", () => {
    localStorage.setItem("parlance.seen.mara", '{"yard"');

    expect(createSeen(localStorage, "mara").get("yard")).toBe(0);
  });
});

describe("checks before the server is asked", () => {
  it("take usernames as the contract does", () => {
    expect(usernameProblem("Mara.v-2")).toBeNull();
    for (const bad of ["ma", "ma ra", "mära", "mara.", "m".repeat(33)]) expect(usernameProblem(bad)).not.toBeNull();
  });

  it("count a password in bytes, as bcrypt does", () => {
    expect(passwordProblem("1234567")).not.toBeNull();
    expect(passwordProblem("12345678")).toBeNull();
    expect(passwordProblem("x".repeat(72))).toBeNull();
    expect(passwordProblem("ä".repeat(37))).toContain("count double");
  });
});
