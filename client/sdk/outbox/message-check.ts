/** What is wrong with a message is found before it is queued: nothing goes out that must come back. */
import { ChatError } from "../../../src/protocol/errors.js";
import { LIMITS } from "../../../src/protocol/limits.js";
import { normalizeText, problemInText } from "../../../src/protocol/text.js";

export interface OutgoingMessage {
  roomId: string;
  clientId: string;
  text: string;
  replyTo?: number;
}

/** Socket.IO's own part of a packet: packet type, ack id, event name, brackets. */
const ENVELOPE_BYTES = 64;

const CLIENT_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

function invalid(path: string, message: string): ChatError {
  return new ChatError("invalid_request", message, { fields: [{ path, message }] });
}

/**
 * The message as it goes out: its text normalised, its clientId lower-cased.
 *
 * @throws ChatError `invalid_request` when the server would refuse it as it is
 */
export function checkedMessage(message: OutgoingMessage): OutgoingMessage {
  const text = normalizeText(message.text);
  const clientId = message.clientId.toLowerCase();
  if (text === "") throw invalid("text", "Must not be empty.");
  if (text.length > LIMITS.messageTextMax)
    throw invalid("text", `Must be at most ${LIMITS.messageTextMax} characters.`);
  const problem = problemInText(text);
  if (problem !== null) throw invalid("text", problem);
  if (!CLIENT_ID.test(clientId)) throw invalid("clientId", "Must be 8-4-4-4-12 hex digits.");
  const checked = { ...message, text, clientId };
  const bytes = new TextEncoder().encode(JSON.stringify(checked)).length + ENVELOPE_BYTES;
  if (bytes > LIMITS.packetBytes) throw invalid("", `Must fit into a packet of ${LIMITS.packetBytes} bytes.`);
  return checked;
}
