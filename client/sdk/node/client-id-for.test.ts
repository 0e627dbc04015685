import { checkedMessage } from "../outbox/message-check.js";
import { message } from "../testing/samples.js";
import { clientIdFor } from "./client-id-for.js";

it("[L4] an answer to an entry has one clientId, and no other answer has it", () => {
  const entry = message("r", 5, "grace");
  const ids = [
    clientIdFor(entry, "echo"),
    clientIdFor({ ...entry }, "echo"),
    clientIdFor(entry, "greeting"),
    clientIdFor({ ...entry, roomId: "other" }, "echo"),
    clientIdFor({ ...entry, senderId: "linus" }, "echo"),
    clientIdFor(message("r", 6, "grace"), "echo"),
  ];

  expect(ids[1]).toBe(ids[0]);
  expect(new Set(ids).size).toBe(5);
  for (const clientId of ids) expect(checkedMessage({ roomId: "r", clientId, text: "x" }).clientId).toBe(clientId);
});
