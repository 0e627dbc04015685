/** The words around the calls: what holds for all of them. */
import type { Tag } from "../../protocol/endpoints/endpoint.js";
import { LIMITS } from "../../protocol/limits.js";

/** In the order in which a newcomer needs them; one that is missing does not compile. */
export const TAGS: Record<Tag, string> = {
  "Logging in": "An account, an access token of 15 minutes, and a cookie that renews it.",
  "Your account": "Who one is, and where one is logged in.",
  Rooms: "Rooms, and coming and going.",
  Messages: "What was said: the timeline, and the log beneath it.",
  Members: "Who is in a room, as what.",
  Users: "Other people.",
  Server: "What this server is.",
};

export const DESCRIPTION = `What is new comes over Socket.IO: see [the events](/api/v1/docs/events). Rules have ids, like \
[L4]; \`docs/rules.md\` in the project has them all.

**How to begin.** \`POST /auth/register\` or \`POST /auth/login\`, then send the \`accessToken\` as \
\`Authorization: Bearer …\`. It lasts 15 minutes; \`POST /auth/refresh\` gives the next one for the cookie. On this \
server's own page of the calls, whoever is logged in in the browser is logged in already.

**What holds everywhere.** JSON in camelCase, a body at most ${LIMITS.bodyBytes / 1024} KiB. Ids are opaque; one that cannot \
exist counts as not found. What a call does not know is refused, never dropped in silence; ignore fields of answers that \
you do not know. Moments are ISO 8601 UTC with milliseconds, by the server's clock. Text is counted in UTF-16 units.

**A room is a log.** \`seq\` runs 1, 2, 3 … with no gap and no repeat [L1]; order by time and order by \`seq\` are one \
order [L2]. A call that writes is answered when it is stored for good [L3].

**Errors** are \`application/problem+json\` (RFC 9457); decide by \`code\`. When no answer comes (a lost connection, a \
timeout, \`unavailable\`, \`internal\`) nothing is known: repeat with the same clientId, and it is carried out once [L4] [L7].

Outside \`/api/v1\` there are \`GET /healthz\`, \`/readyz\` and \`/metrics\`.`;
