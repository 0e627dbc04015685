import { inflateSync } from "node:zlib";
import type { Page } from "@playwright/test";

/** The colour that is really painted at a place, as "#131211". */
export async function colourAt(page: Page, x: number, y: number): Promise<string> {
  const png = await page.screenshot({ clip: { x, y, width: 1, height: 1 } });
  const data: Buffer[] = [];
  // A PNG is its 8 bytes of signature, then chunks: length, name, data, checksum.
  for (let at = 8; at < png.length;) {
    const length = png.readUInt32BE(at);
    if (png.toString("latin1", at + 4, at + 8) === "IDAT") data.push(png.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  // One line of one pixel: the filter's name, which has nothing to refer to, then red, green and blue.
  return `#${inflateSync(Buffer.concat(data)).subarray(1, 4).toString("hex")}`;
}
