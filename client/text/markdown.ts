/** From a message's text to a tree: markdown, with what makes no sense in a chat switched off. Rendering is rich-text.tsx. */
import type { Root } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmAutolinkLiteralFromMarkdown } from "mdast-util-gfm-autolink-literal";
import { gfmStrikethroughFromMarkdown } from "mdast-util-gfm-strikethrough";
import { gfmAutolinkLiteral } from "micromark-extension-gfm-autolink-literal";
import { gfmStrikethrough } from "micromark-extension-gfm-strikethrough";

const options = {
  extensions: [
    gfmAutolinkLiteral(),
    gfmStrikethrough(),
    // Words over a line of dashes are no heading here, [1]: … no footnote-like definition that vanishes, <b> is what it says.
    { disable: { null: ["setextUnderline", "definition", "htmlFlow", "htmlText"] } },
  ],
  mdastExtensions: [gfmAutolinkLiteralFromMarkdown(), gfmStrikethroughFromMarkdown()],
};

/** Nesting of this depth is nobody's writing: the parser's time grows with its square, so such a text is shown as it is. */
const DEEP = /^(?:[ \t]*(?:>|[-*+]|\d{1,9}[.)])){12}/mu;
const CROWDED = /[[\]*_~`]{200}|(?:[[\]*_~`][^[\]*_~`]{0,3}){400}/u;

/** More lines than this are a log or a table: every line would cost the parser 0.2 ms. */
const MANY_LINES = 500;

/** Parses a message. A text that is built to be slow to parse comes back as one plain paragraph. */
export function parseMarkdown(text: string): Root {
  if (DEEP.test(text) || CROWDED.test(text) || text.split("\n").length > MANY_LINES) {
    return { type: "root", children: [{ type: "paragraph", children: [{ type: "text", value: text }] }] };
  }
  return fromMarkdown(text, options);
}
