/** Who may post what: judged when the commit is formed, so nobody's words get in behind the entry that removed them [G6]. */
import { ChatError } from "../protocol/errors.js";
import type { Facts, Proposal, Verdict } from "../log/intents.js";
import { outsiderError } from "../rooms/access.js";

const refuse = (error: ChatError): Verdict => ({ kind: "refuse", error });

/** @see docs/rules.md §6 */
export function judgeMessage({ senderId, intent }: Proposal, { room, roleOf, replyTarget }: Facts): Verdict {
  if (intent.kind !== "message") throw new Error(`"${intent.kind}" is not a message.`);
  if (room === null || roleOf(senderId) === null) return refuse(outsiderError(room));
  if (room.archivedAt !== null)
    return refuse(new ChatError("forbidden", "The room is archived: nothing new can be written."));
  if (intent.fileIds.length > 0) return refuse(new ChatError("not_found", "There is no such file among your uploads."));
  if (intent.replyTo !== null && replyTarget === null) {
    return refuse(new ChatError("not_found", "The message that this one replies to does not exist."));
  }
  if (replyTarget?.deleted)
    return refuse(new ChatError("conflict", "The message that this one replies to was deleted."));
  return { kind: "append", drafts: [{ kind: "message", text: intent.text, replyTo: intent.replyTo }], change: null };
}
