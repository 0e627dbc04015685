/** The words around the events: connecting, and the rules that keep a client's rooms whole. */
import { LIMITS } from "../../protocol/limits.js";

export const DESCRIPTION = `What clients and the server tell each other over Socket.IO, at its default path and in the \
default namespace. The other half of the API are [the REST calls](/api/v1/docs).

**Connecting.** The handshake carries \`auth: {token}\`, an access token of the REST calls. A refused one gets \
\`connect_error\` with \`data: {code, detail}\`. While the database is away that is \`unavailable\`, never \`unauthenticated\` \
[L7]. A foreign \`Origin\` gets a plain 403; none at all (a bot, a script) is let in. A user's ${LIMITS.socketsPerUser + 1}st \
socket ends the oldest (\`too_many\`).

**Sending.** Every client event takes one object and an ack; without an ack it is ignored. The ack is \`{ok: true, data}\` or \
\`{ok: false, error}\`. A packet over ${LIMITS.packetBytes / 1024} KiB ends the socket. When no answer comes nothing is known: \
repeat with the same \`clientId\` [L4] [L7].

**[S1] Catching up.** After connecting, \`sync\` with the last contiguous seq held of every room. It answers for each room that \
has moved; \`more\`: ask again from the last one held; \`reset\`: drop what you hold and load the newest page.

**[S2] Nothing falls between.** A socket is subscribed to its rooms before its connect is answered, and to a new one before \
\`room:added\`. At joining \`room:added\` comes first, then entries from one's \`join\` on; at removal the \`leave\` entry, then \
\`room:removed\`.

**[S3] A push is a hint, the log is the truth.** Apply only \`seq == last + 1\`, keep later ones for a moment, ask \`sync\` for a \
hole, ignore what you have. Ignore events, fields and entry kinds that you do not know, but count their \`seq\`.

**How to read asyncapi.json.** It describes the server: it *receives* what clients send and answers with an ack (\`reply\`), \
and it *sends* the rest.`;
