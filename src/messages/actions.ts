/** Sending: both transports call this, so no rule has two homes. */
import { randomUUID } from "node:crypto";
import type { Log } from "../log/log.js";
import type { MessageEntry } from "../protocol/entries.js";
import { ChatError } from "../protocol/errors.js";

export interface MessageInput {
  roomId: string;
  /** null: the server makes one */
  clientId: string | null;
  /** already trimmed and within LIMITS.messageTextMax */
  text: string;
  replyTo?: number | null | undefined;
  fileIds?: readonly string[] | undefined;
}

export interface MessageActions {
  /**
   * Appends a message to its room and delivers it. Sending the same `clientId` again appends and delivers nothing more;
   * both calls return the first entry. Nothing is awaited before the message is queued.
   *
   * @throws ChatError `rate_limited` (with `retryAfterMs`), and what the log's append throws
   * @see docs/rules.md L3, L4, G6
   */
  send(senderId: string, input: MessageInput): Promise<{ entry: MessageEntry; repeat: boolean }>;
}

interface MessageActionsDeps {
  log: Log;
  /** @returns 0, or the milliseconds until this user may send again */
  takeSend(userId: string): number;
}

export function createMessageActions({ log, takeSend }: MessageActionsDeps): MessageActions {
  return {
    async send(senderId, { roomId, clientId, text, replyTo = null, fileIds = [] }) {
      const waitMs = takeSend(senderId);
      if (waitMs > 0) throw new ChatError("rate_limited", "You are sending too fast.", { retryAfterMs: waitMs });
      const intent = { kind: "message" as const, text, replyTo, fileIds };
      const { entry, repeat } = await log.append({ roomId, senderId, clientId: clientId ?? randomUUID(), intent });
      // Under this clientId something else was done; its content hash differs, so the log has refused it already.
      if (entry?.kind !== "message") throw new Error("A message was answered with another entry.");
      return { entry, repeat };
    },
  };
}
