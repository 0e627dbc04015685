/** Asks an address whether a Parlance answers there. */
import { serverInfoSchema } from "../../../protocol/shapes.js";
import { call } from "./request.js";

const infoSchema = serverInfoSchema.pick({ version: true, protocol: true, historyId: true });

/** What the server says of itself. @throws NoAnswer; an error with the reason when that is no Parlance */
export async function readServer(url: string): Promise<{ version: string; historyId: string }> {
  const { status, text } = await call(new URL("/api/v1/server", url));
  if (status !== 200) throw new Error(`it answers ${status}`);
  const info = infoSchema.safeParse(parseJson(text));
  if (!info.success) throw new Error("something else answers");
  return info.data;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
