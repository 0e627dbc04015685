/** As much Markdown as the documents' words use: paragraphs, **bold**, *emphasis*, `code`, [links](/…). */
import { h } from "./dom.js";

const INLINE = /`([^`]+)`|\*\*([^*]+)\*\*|\*([^*]+)\*|\[([^\]]+)\]\((\/[^)\s]*)\)/g;

/** @returns {(Node | string)[]} */
export function inline(/** @type {string} */ text) {
  /** @type {(Node | string)[]} */
  const parts = [];
  let end = 0;
  for (const match of text.matchAll(INLINE)) {
    const [whole, code, bold, emphasis, label, href] = match;
    parts.push(text.slice(end, match.index));
    if (code !== undefined) parts.push(h("code", {}, code));
    else if (bold !== undefined) parts.push(h("strong", {}, ...inline(bold)));
    else if (emphasis !== undefined) parts.push(h("em", {}, ...inline(emphasis)));
    else if (label !== undefined && href !== undefined) parts.push(h("a", { href }, label));
    end = match.index + whole.length;
  }
  parts.push(text.slice(end));
  return parts;
}

/** Paragraphs are parted by an empty line. */
export const paragraphs = (/** @type {string} */ text) =>
  text.split(/\n\n+/).map((part) => h("p", {}, ...inline(part)));
