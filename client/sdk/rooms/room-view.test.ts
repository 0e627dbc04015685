import {
  joining,
  message,
  roleChange,
  roomChange,
  sampleMembership,
  sampleRoom,
  sampleView,
  syncRoom,
} from "../testing/samples.js";
import { liveView, viewWithEntry, viewWithMembership, viewWithRoom, viewWithSync } from "./room-view.js";

const apply = (live: ReturnType<typeof liveView>, ...entries: Parameters<typeof viewWithEntry>[1][]) =>
  entries.reduce((view, entry) => viewWithEntry(view, entry, "ada"), live);

describe("a live view", () => {
  it("counts messages by others as unread, and those that mention the caller", () => {
    const { view } = apply(
      liveView(sampleView("r", 4)),
      message("r", 5),
      message("r", 6, "ada"),
      message("r", 7, "grace", { mentions: ["ada"] }),
      joining("r", 8, "bob"),
    );

    expect(view).toMatchObject({ unread: 2, mentions: 1, room: { head: 8, memberCount: 3 } });
  });

  it("stops counting at 100", () => {
    const { view } = apply(liveView(sampleView("r", 4, { unread: 100 })), message("r", 5));

    expect(view.unread).toBe(100);
  });

  it("counts nothing that the answer it comes from has counted already", () => {
    const live = liveView(sampleView("r", 6, { unread: 2 }));

    expect(apply(live, message("r", 5), joining("r", 6, "bob"))).toEqual(live);
  });

  it("[S1] takes the count of a sync, and counts on behind the head it was made at", () => {
    const behind = apply(liveView(sampleView("r", 4)), message("r", 5));
    const synced = viewWithSync(behind, syncRoom("r", 9, [], { unread: 5, mentions: 1 }));

    const { view } = apply(synced, message("r", 6), message("r", 9), message("r", 10));

    expect(view).toMatchObject({ unread: 6, mentions: 1, room: { head: 10 } });
  });

  it("keeps its own count where it knows more than a sync", () => {
    const ahead = apply(liveView(sampleView("r", 4)), message("r", 5), message("r", 6));

    expect(viewWithSync(ahead, syncRoom("r", 5, [], { unread: 1 })).view.unread).toBe(2);
  });

  it("follows names, archiving and one's own role by the log alone", () => {
    const { view } = apply(
      liveView(sampleView("r", 4)),
      roomChange("r", 5, { name: "New", archived: true }),
      roleChange("r", 6, "ada"),
      roleChange("r", 7, "bob"),
    );

    expect(view.room).toMatchObject({ name: "New", topic: "", archivedAt: roomChange("r", 5, {}).sentAt });
    expect(view.membership?.role).toBe("moderator");
    expect(apply({ view, countedTo: 7 }, roomChange("r", 8, { archived: false })).view.room.archivedAt).toBeNull();
  });

  it("takes no description that is older than what it knows", () => {
    const live = liveView(sampleView("r", 4));

    expect(viewWithRoom(live, sampleRoom("r", 3, { name: "Old" }))).toBe(live);
  });

  it("has nothing unread once everything is read", () => {
    const live = liveView(sampleView("r", 4, { unread: 3, mentions: 1 }));

    const part = viewWithMembership(live, sampleMembership("r", "ada", { readSeq: 3 }));
    const all = viewWithMembership(live, sampleMembership("r", "ada", { readSeq: 4 }));

    expect(part.view).toMatchObject({ unread: 3, mentions: 1 });
    expect(all.view).toMatchObject({ unread: 0, mentions: 0 });
  });
});
