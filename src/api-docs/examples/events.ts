import type { AckData, ClientEvent, PayloadInput, PushData, ServerEvent } from "../../protocol/events.js";
import { accessToken, historyId, ines, membership, message, room, sent as reply, view } from "./samples.js";

const sent = { ...reply, replyTo: null };

/** A missing event does not compile. */
type ClientExamples = { [E in ClientEvent]: { payload: PayloadInput<E>; data: AckData<E> } };
type ServerExamples = { [E in ServerEvent]: PushData<E> };

export const clientEventExamples: ClientExamples = {
  "message:send": {
    payload: { roomId: room.id, clientId: sent.clientId, text: sent.text },
    data: sent,
  },
  sync: {
    payload: { heads: { [room.id]: 42 } },
    data: {
      historyId,
      rooms: [
        {
          roomId: room.id,
          head: 43,
          entries: [message],
          more: false,
          reset: false,
          membership,
          unread: 2,
          mentions: 0,
        },
      ],
      left: [],
    },
  },
  "session:renew": { payload: { token: accessToken }, data: { expiresAt: "2026-11-21T05:45:27.123Z" } },
};

export const serverEventExamples: ServerExamples = {
  entries: { roomId: room.id, entries: [sent] },
  "room:added": { view },
  "room:removed": { roomId: room.id },
  "room:changed": { room },
  "membership:changed": { membership },
  "user:changed": { user: ines },
  heads: { heads: { [room.id]: 44 } },
  resync: {},
  "session:ended": { code: "draining", retryAfterMs: 1_840 },
};
