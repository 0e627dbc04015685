/** What a database holds, byte for byte, and whether its logs are whole. */
import { mongo } from "mongoose";

/** Connects, works and closes. */
export async function withDatabase<T>(uri: string, work: (db: mongo.Db) => Promise<T>): Promise<T> {
  const client = await new mongo.MongoClient(uri).connect();
  try {
    return await work(client.db());
  } finally {
    await client.close();
  }
}

/** Every document of every collection as hex, sorted; without the list of servers. */
export async function dumpDatabase(uri: string): Promise<Record<string, string[]>> {
  return await withDatabase(uri, async (db) => {
    const names = (await db.listCollections().toArray()).map(({ name }) => name).filter((name) => name !== "servers");
    const dumps = names.map(async (name) => {
      const documents = await db.collection(name).find({}, { raw: true }).toArray();
      return [
        name,
        documents.map((bytes) => Buffer.from(bytes as unknown as Uint8Array).toString("hex")).toSorted(),
      ] as const;
    });
    return Object.fromEntries(await Promise.all(dumps));
  });
}

/** Whatever does not fit: gaps in a log [L1], a time that runs back [L2], memberships that the log does not know [L11]. */
export async function logProblems(uri: string): Promise<string[]> {
  return await withDatabase(uri, async (db) => {
    const problems: string[] = [];
    const rooms = await db.collection<{ _id: string; memberCount: number }>("rooms").find().toArray();
    for (const { _id: room, memberCount } of rooms) {
      const entries = await db.collection("messages").find({ roomId: room }).sort({ "_id.s": 1 }).toArray();
      const members = new Set<string>();
      let last = 0;
      entries.forEach(({ _id, kind, userId, sentAt }, index) => {
        const { s } = _id as unknown as { s: number };
        if (s !== index + 1) problems.push(`${room}: ${s} stands at ${index + 1}`);
        if (sentAt.getTime() < last) problems.push(`${room}: ${s} is older than the one before`);
        last = sentAt.getTime();
        if (kind === "join") members.add(userId);
        if (kind === "leave") members.delete(userId);
      });
      const stored = await db.collection("memberships").find({ roomId: room }).toArray();
      const ids = stored.map(({ userId }) => String(userId)).toSorted();
      if (ids.join() !== [...members].toSorted().join()) problems.push(`${room}: members differ from the log`);
      if (memberCount !== ids.length) problems.push(`${room}: says ${memberCount} members and has ${ids.length}`);
    }
    if (rooms.length === 0) problems.push("there are no rooms");
    return problems;
  });
}
