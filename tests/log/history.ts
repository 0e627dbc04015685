/** Histories: what people do at the same time, what breaks meanwhile, and what must be true in the end. */
import fc from "fast-check";
import { ChatError, ERRORS } from "../../src/protocol/errors.js";
import type { Entry } from "../../src/protocol/entries.js";
import { FAULTS, type Fault, type Tally } from "./faults.js";
import type { Writer } from "./world.js";

export type Step =
  /** `id` is one of a few clientIds, so that many sends are repeats; `other` sends other words under it */
  | {
      kind: "send";
      writer: number;
      user: number;
      room: number;
      id: number;
      transport: "rest" | "socket";
      other: boolean;
    }
  | { kind: "remove"; writer: number; user: number; room: number }
  | { kind: "join"; writer: number; user: number; room: number }
  | { kind: "fault"; writer: number; fault: Fault }
  /** waits for everything under way */
  | { kind: "pause" };

const USERS = 3;
const ROOMS = 2;
const IDS = 12;

const writer = fc.nat({ max: 1 });
/** The owner, user 0, is never removed. */
const guest = fc.integer({ min: 1, max: USERS - 1 });
const room = fc.nat({ max: ROOMS - 1 });

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant("send" as const),
      writer,
      user: fc.nat({ max: USERS - 1 }),
      room,
      id: fc.nat({ max: IDS - 1 }),
      transport: fc.constantFrom("rest" as const, "socket" as const),
      other: fc.nat({ max: 9 }).map((dice) => dice === 0),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("remove" as const), writer, user: guest, room }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("join" as const), writer, user: guest, room }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant("fault" as const), writer, fault: fc.constantFrom(...FAULTS) }),
  },
  { weight: 3, arbitrary: fc.constant({ kind: "pause" as const }) },
);

/** Fifty steps each. */
export const histories = fc.array(step, { minLength: 50, maxLength: 50 });

interface Attempt {
  userId: string;
  roomId: string;
  clientId: string;
  text: string;
  answer: { kind: "acked"; entry: Entry } | { kind: "refused"; code: string } | { kind: "unknown" };
}

export interface Recorded {
  attempts: Attempt[];
  roomIds: string[];
  /** everything stored, by room */
  logs: Map<string, Entry[]>;
}

const clientIdOf = (historyNo: number, room: number, user: number, id: number) => {
  const tail = [historyNo % 65_536, room, user, id].map((part) => part.toString(16).padStart(4, "0"));
  return `00000000-${tail[0]}-${tail[1]}-${tail[2]}-${"0".repeat(8)}${tail[3]}`;
};

/** Who plays: users exist once a history, so that no two histories meet. */
export async function play(
  steps: readonly Step[],
  writers: readonly [Writer, Writer],
  historyNo: number,
  tally: Tally,
  readLog: (roomId: string) => Promise<Entry[]>,
): Promise<Recorded> {
  const users = Array.from({ length: USERS }, (_, index) => `user-${historyNo}-${index}`);
  const attempts: Attempt[] = [];
  const underWay: Promise<void>[] = [];
  const roomIds = await Promise.all(Array.from({ length: ROOMS }, () => writers[0].createRoom(users[0] as string)));
  const settle = async () => void (await Promise.all(underWay.splice(0)));

  async function attempt(of: Omit<Attempt, "answer">, carryOut: () => Promise<Entry>): Promise<void> {
    try {
      attempts.push({ ...of, answer: { kind: "acked", entry: await carryOut() } });
    } catch (error) {
      if (!(error instanceof ChatError)) throw error;
      const isFinal = ERRORS[error.code].outcome === "final";
      if (isFinal) tally.refusal += 1;
      attempts.push({ ...of, answer: isFinal ? { kind: "refused", code: error.code } : { kind: "unknown" } });
    }
  }
  /** Joins and removals are part of the log that is checked; whether they were allowed is not the question here. */
  const quietly = (work: Promise<void>) =>
    work.catch((error: unknown) => {
      if (!(error instanceof ChatError)) throw error;
    });

  for (const one of steps) {
    const by = "writer" in one ? (writers[one.writer] as Writer) : writers[0];
    const roomId = "room" in one ? (roomIds[one.room] as string) : "";
    const userId = "user" in one ? (users[one.user] as string) : "";
    switch (one.kind) {
      case "send": {
        const clientId = clientIdOf(historyNo, one.room, one.user, one.id);
        const text = one.other ? `other words ${one.id}` : `words ${one.id}`;
        const of = { userId, roomId, clientId, text };
        underWay.push(attempt(of, () => by.send(one.transport, userId, roomId, clientId, text)));
        break;
      }
      case "remove":
        underWay.push(quietly(by.remove(users[0] as string, roomId, userId)));
        break;
      case "join":
        underWay.push(quietly(by.join(userId, roomId)));
        break;
      case "fault":
        by.faults.arm(one.fault);
        break;
      case "pause":
        await settle();
        break;
    }
  }
  await settle();
  for (const { faults } of writers) await faults.settled();
  const logs = new Map<string, Entry[]>();
  for (const roomId of roomIds) logs.set(roomId, await readLog(roomId));
  return { attempts, roomIds, logs };
}
