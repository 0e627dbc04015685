/** Ids for answers, so that an answer is stored once however often it is given. */
import { createHash } from "node:crypto";
import type { Entry } from "../../../src/protocol/entries.js";

/**
 * The clientId of what is sent on account of an entry: always the same one, so that the server stores it once [L4], also when
 * the program starts anew or runs twice under one account. It stands for one text only: the same id with another one is refused.
 *
 * @param purpose - tells several answers to one entry apart
 */
export function clientIdFor(entry: Pick<Entry, "roomId" | "senderId" | "clientId">, purpose: string): string {
  const hash = createHash("sha256").update(JSON.stringify([purpose, entry.roomId, entry.senderId, entry.clientId]));
  const hex = hash.digest("hex");
  // Version 8 (RFC 9562): made in a way of one's own.
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    "-",
  );
}
