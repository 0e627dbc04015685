/** REST calls for what was said. */
import type { Handlers } from "../http/route.js";
import type { MessageActions } from "./actions.js";
import type { History } from "./history.js";

type MessageHandlers = Pick<Handlers, "listMessages" | "getMessage" | "sendMessage" | "listLog">;

/** A seq in a path: one that cannot exist counts as not found, like any id. */
const toSeq = (text: string): number => (/^[1-9]\d{0,14}$/.test(text) ? Number(text) : 0);

export function createMessageHandlers({
  actions,
  history,
}: {
  actions: MessageActions;
  history: History;
}): MessageHandlers {
  return {
    listMessages: async ({ caller, params, query }) => ({
      status: 200,
      body: await history.page(caller.userId, params.roomId, query),
    }),
    getMessage: async ({ caller, params }) => ({
      status: 200,
      body: await history.one(caller.userId, params.roomId, toSeq(params.seq)),
    }),
    sendMessage: async ({ caller, params, body, clientId }) => {
      const { text, replyTo, fileIds } = body;
      const sent = await actions.send(caller.userId, { roomId: params.roomId, clientId, text, replyTo, fileIds });
      return { status: sent.repeat ? 200 : 201, body: sent.entry };
    },
    listLog: async ({ caller, params, query }) => ({
      status: 200,
      body: await history.log(caller.userId, params.roomId, query),
    }),
  };
}
