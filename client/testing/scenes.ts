/** What the gallery shows: one state of the page per scene, with the address it stands at. */
import { ChatError } from "../../src/protocol/errors.js";
import type { ChatState, Connection, RoomState, Row } from "../sdk/types.js";
import { createFakeClient, type FakeClient } from "./fake-client.js";
import { line, me, member, message, pendingRow, roomState, user } from "./shapes.js";

export interface Scene {
  client: FakeClient;
  path: string;
}

const ines = user("ines", "Ines Okafor");
const tomasz = user("tomasz", "Tomasz Lind");
const ravi = user("ravi", "Ravi Menon");
const mara = me();
const users = new Map([ines, tomasz, ravi, mara].map((one) => [one.id, one]));

/** A moment of today (or of `daysAgo` days before) in this browser's time. */
const at = (time: string, daysAgo = 0): string => {
  const [hours = 0, minutes = 0] = time.split(":").map(Number);
  const moment = new Date();
  moment.setDate(moment.getDate() - daysAgo);
  moment.setHours(hours, minutes, 7, 0);
  return moment.toISOString();
};

const say = (seq: number, who: string, time: string, text: string, daysAgo = 0) =>
  message(seq, who, text, { sentAt: at(time, daysAgo) });

const talk: Row[] = [
  line({ kind: "join", seq: 1, senderId: "mara", userId: "mara", sentAt: at("17:02", 1) }),
  line({ kind: "join", seq: 2, senderId: "mara", userId: "ines", sentAt: at("17:03", 1) }),
  say(3, "ines", "17:04", "Here. Where do we keep the tide tables?", 1),
  say(
    4,
    "ines",
    "09:12",
    "Tide table for the week is up. High water moves to **06:40** on Sunday, so the second crew starts early.",
  ),
  say(5, "ines", "09:13", "I'll bring the printout too: https://tides.example.org/week/47"),
  line({ kind: "join", seq: 6, senderId: "ravi", userId: "ravi", sentAt: at("09:20") }),
  say(
    7,
    "tomasz",
    "09:31",
    "Crane 3 reports this at start, known?\n\n```\nE114  slew brake pressure 3.1 bar (min 3.4) at 09:29:44 on controller A, and again on controller B\n```",
  ),
  line({
    kind: "room",
    seq: 8,
    senderId: "ines",
    sentAt: at("09:40"),
    changes: { topic: "Cranes, tides and who has the keys" },
  }),
  say(9, "ravi", "09:52", "@mara can you confirm the spare valve is in the yard?\nShelf `B2` or *B3*."),
  say(10, "mara", "09:53", "It is, shelf B2."),
];

const unsent: Row[] = [
  pendingRow("p1", "I'll walk over and take a picture.", { kind: "sending" }),
  pendingRow("p2", "The other crane as well.", { kind: "stillTrying", retryAt: null }),
  pendingRow("p3", "And the seal kit too.", { kind: "failed", code: "forbidden", detail: "" }),
];

const people = [
  member(ines, "owner", "online"),
  member(mara, "member", "online"),
  member(ravi, "moderator", "online"),
  member(tomasz, "member", "offline", new Date(Date.now() - 12 * 60_000).toISOString()),
];

function rooms(rows: readonly Row[] = talk, patch: Partial<RoomState> = {}): Map<string, RoomState> {
  const list = [
    roomState({ id: "harbour-works", topic: "Cranes, tides and who has the keys", head: 10, memberCount: 4 }, rows, {
      members: people,
      ...patch,
    }),
    roomState({ id: "announcements", unread: 2, head: 40, memberCount: 31 }, [
      say(40, "ines", "08:30", "Yard closed Monday."),
    ]),
    roomState({ id: "field-notes", head: 5, memberCount: 6 }, [say(5, "ravi", "07:10", "Wet.", 1)]),
    roomState({ id: "night-shift", kind: "private", unread: 100, head: 480, memberCount: 3 }, [
      say(480, "tomasz", "05:58", "Keys are in the box.", 1),
    ]),
  ];
  return new Map(list.map((room) => [room.view.room.id, room]));
}

const signedIn = (patch: Partial<ChatState> = {}) =>
  createFakeClient({ account: { kind: "signedIn", me: mara }, users, rooms: rooms(), ...patch });

const ROOM = "/r/harbour-works";
const offline = (): Connection => ({ kind: "offline", since: Date.now(), retryAt: Date.now() + 14_000 });

function browsing(): FakeClient {
  const client = signedIn();
  const named = (id: string, topic: string, memberCount: number) =>
    roomState({ id, name: id, topic, memberCount }).view.room;
  client.answers.listDirectory = async (query) => ({
    rooms: [
      named("announcements", "What everybody should know", 31),
      named("field-notes", "", 6),
      named("lost-and-found", "Gloves, mostly", 18),
      named("lunch", "Who cooks, who washes up", 1),
    ].filter((room) => room.name?.includes(query)),
    nextCursor: "more",
  });
  return client;
}

/** A room with a long past, whose older pages take a moment. */
function longRoom(): FakeClient {
  const PAGE = 50;
  const words =
    "The slack on line two is fine now, but somebody should look at the shackle before the tide turns again. ";
  const row = (seq: number) =>
    message(seq, ["ines", "tomasz", "ravi"][Math.floor(seq / 3) % 3] ?? "ines", `${seq}: ${words.repeat(seq % 5)}`, {
      sentAt: new Date(Date.now() - (2000 - seq) * 20 * 60_000).toISOString(),
    });
  const page = (before: number) =>
    Array.from({ length: Math.min(PAGE, before - 1) }, (_, index) => row(before - Math.min(PAGE, before - 1) + index));
  const client = signedIn({ rooms: rooms(page(2001), { older: "more" }) });
  client.answers.loadOlder = async (roomId) => {
    const room = client.getState().rooms?.get(roomId);
    const first = room?.rows[0];
    if (!room || first?.kind !== "entry" || room.older === "loading") return;
    const before = first.entry.seq;
    client.setRoom(roomId, { older: "loading" });
    await new Promise((resolve) => setTimeout(resolve, 120));
    const now = client.getState().rooms?.get(roomId)?.rows ?? [];
    client.setRoom(roomId, { rows: [...page(before), ...now], older: before - PAGE <= 1 ? "start" : "more" });
  };
  return client;
}

const signInScene = (): Scene => ({ client: createFakeClient(), path: "/" });

const SCENES: Record<string, () => Scene> = {
  "sign-in": signInScene,
  "sign-in-refused": () => {
    const client = createFakeClient();
    client.answers.logIn = () => Promise.reject(new ChatError("invalid_credentials", "No."));
    client.answers.register = () =>
      Promise.reject(new ChatError("rate_limited", "Too many.", { retryAfterMs: 42_000 }));
    return { client, path: "/" };
  },
  empty: () => ({ client: signedIn({ rooms: new Map() }), path: "/" }),
  list: () => ({ client: signedIn(), path: "/" }),
  room: () => ({ client: signedIn(), path: ROOM }),
  members: () => ({ client: signedIn(), path: `${ROOM}/members` }),
  unsent: () => ({ client: signedIn({ rooms: rooms([...talk, ...unsent]) }), path: ROOM }),
  failed: () => ({
    client: signedIn({
      rooms: rooms([
        ...talk,
        ...["And the seal kit too.", "Twice."].map((text, index) =>
          pendingRow(`f${index}`, text, { kind: "failed", code: "forbidden", detail: "You are not in this room." }),
        ),
      ]),
    }),
    path: ROOM,
  }),
  offline: () => ({
    client: signedIn({ connection: offline(), rooms: rooms([...talk, ...unsent.slice(0, 1)]) }),
    path: ROOM,
  }),
  refused: () => ({
    client: signedIn({ connection: { kind: "refused", since: 0, code: "too_many", detail: "" } }),
    path: ROOM,
  }),
  browse: () => ({ client: browsing(), path: "/browse" }),
  unknown: () => ({ client: signedIn(), path: "/r/nowhere" }),
  archived: () => {
    const all = rooms();
    const room = all.get("harbour-works");
    if (room)
      all.set("harbour-works", {
        ...room,
        view: { ...room.view, room: { ...room.view.room, archivedAt: at("10:00") } },
      });
    return { client: signedIn({ rooms: all }), path: ROOM };
  },
  loading: () => ({ client: signedIn({ rooms: rooms([], { newest: "loading", older: "more" }) }), path: ROOM }),
  "older-failed": () => ({ client: signedIn({ rooms: rooms(talk.slice(3), { older: "failed" }) }), path: ROOM }),
  hole: () => ({
    client: signedIn({
      rooms: rooms([
        ...talk.slice(0, 4),
        { kind: "hole", key: "hole-4", after: 4, before: 17 },
        say(17, "ines", "11:00", "Done."),
      ]),
    }),
    path: ROOM,
  }),
  long: () => ({ client: longRoom(), path: ROOM }),
  ended: () => ({ client: signedIn(), path: ROOM }),
};

/** Makes a scene's client anew; an unknown name gives the login page. */
export function makeScene(name: string): Scene {
  return (SCENES[name] ?? signInScene)();
}
