/** The harbour crew of the pictures: people who are really there, with a client of their own, and what they have said. */
import { createChatClient } from "../../../client/sdk/chat-client.js";
import { createCookieFetch } from "../../../client/sdk/node/cookie-fetch.js";
import type { ChatClient } from "../../../client/sdk/types.js";
import { PASSWORD } from "./people.js";

export interface Crew {
  /** who logs in to look at it all */
  readonly mara: string;
  /** who has not joined anything yet */
  readonly sofie: string;
  close(): void;
}

const ROOMS = [
  ["announcements", "What everybody should know", ["ravi", "tomasz", "sanna", "mara"]],
  ["field-notes", "Wind, water, weather", ["tomasz", "mara"]],
  ["lost-and-found", "Gloves, mostly", ["sanna", "ravi"]],
  ["lunch", "Who cooks, who washes up", ["sanna", "tomasz", "ravi"]],
] as const;

function until(client: ChatClient, isSo: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (!isSo()) return;
      unsubscribe();
      resolve();
    };
    const unsubscribe = client.subscribe(look);
    look();
  });
}

/** Resolves when the message is stored: the next one then stands after it, whoever writes it. */
function say(client: ChatClient, roomId: string, text: string): Promise<void> {
  const clientId = client.send(roomId, text);
  const rows = () => client.getState().rooms?.get(roomId)?.rows ?? [];
  return until(client, () => rows().some((row) => row.kind === "entry" && row.key === clientId));
}

function idOf(client: ChatClient): string {
  const { account } = client.getState();
  if (account.kind !== "signedIn") throw new Error("Nobody is logged in.");
  return account.me.id;
}

export async function gatherCrew(url: string): Promise<Crew> {
  const clients: ChatClient[] = [];
  const register = async (username: string, displayName: string) => {
    const client = createChatClient({ url, fetch: createCookieFetch() });
    clients.push(client);
    await client.register({ username, displayName, password: PASSWORD });
    await until(client, () => client.getState().rooms !== null);
    return client;
  };
  const ines = await register("ines", "Ines Okafor");
  const ravi = await register("ravi", "Ravi Menon");
  const mara = await register("mara", "Mara Velde");
  const tomasz = await register("tomasz", "Tomasz Lind");
  const sanna = await register("sanna", "Sanna Berg");
  const sofie = await register("sofie", "Sofie Brandt");
  const people = { ravi, mara, tomasz, sanna };

  const join = async (client: ChatClient, roomId: string) => {
    await client.joinRoom(roomId);
    await client.openRoom(roomId);
  };
  const ids = new Map<string, string>();
  for (const [name, topic, members] of ROOMS) {
    const { room } = await ines.createRoom({ name, topic, kind: "public" });
    ids.set(name, room.id);
    await ines.openRoom(room.id);
    for (const who of members) await join(people[who], room.id);
  }
  const { room: shift } = await tomasz.createRoom({ name: "night-shift", kind: "private" });
  await tomasz.putMember(shift.id, idOf(mara));
  await say(ines, ids.get("announcements") ?? "", "The yard is closed on Monday.");
  await say(ines, ids.get("announcements") ?? "", "New helmets are in the store. Take one each.");

  const { room } = await ines.createRoom({
    name: "harbour-works",
    topic: "Cranes, tides and who has the keys",
    kind: "public",
  });
  await ines.openRoom(room.id);
  await join(mara, room.id);
  const tides =
    "Tide table for the week is up. High water moves to **06:40** on Sunday, so the second crew starts early.";
  await say(ines, room.id, tides);
  await say(ines, room.id, "I'll bring the printout too.");
  await join(ravi, room.id);
  await say(
    ravi,
    room.id,
    "Crane 3 reports this at start, known?\n\n```\nE114  slew brake pressure 3.1 bar (min 3.4)\n```",
  );
  await say(ines, room.id, "Not to me. Two possible reasons:\n\n- the seal of line two\n- the valve, as in *October*");
  await say(ravi, room.id, "@mara can you confirm the spare valve is in the yard?");
  await say(mara, room.id, "It is, shelf `B2`.");
  // Seen by whoever is not there any more: "last seen".
  for (const gone of [ravi, mara, sofie]) gone.close();
  return {
    mara: "mara",
    sofie: "sofie",
    close() {
      for (const client of clients) client.close();
    },
  };
}
