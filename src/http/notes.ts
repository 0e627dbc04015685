/** What the edge learns of a request on its way: for the access log, the limits and the errors. */
import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";

export interface RequestNote {
  /** made by us: an id from outside could forge log lines */
  requestId: string;
  /** the call's path as the contract writes it */
  route?: string;
  userId?: string;
  /** the error code of the answer */
  code?: string;
}

const notes = new WeakMap<IncomingMessage, RequestNote>();

/** The note of this request; made at the first call. */
export function noteOf(request: IncomingMessage): RequestNote {
  const known = notes.get(request);
  if (known !== undefined) return known;
  const note: RequestNote = { requestId: randomUUID() };
  notes.set(request, note);
  return note;
}
