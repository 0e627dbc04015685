/** A message's text as React elements: text nodes only, no HTML string anywhere, so nothing written can become markup. */
import type { Nodes, Parents } from "mdast";
import { createContext, Fragment, memo, useContext, useMemo, type ReactNode } from "react";
import { hiddenHost, safeHref } from "./links.js";
import { parseMarkdown } from "./markdown.js";

/** Whether links inside can be reached by Tab: only in the row that has the timeline's focus. */
export const LinksReachable = createContext(true);

/** Renders markdown. Unknown and raw-HTML parts come out as the text they were written as. */
export const RichText = memo(function RichText({ text }: { text: string }) {
  return useMemo(() => render(parseMarkdown(text)), [text]);
});

function render(node: Nodes): ReactNode {
  switch (node.type) {
    case "root":
      return inside(node);
    case "paragraph":
      return <p dir="auto">{inside(node)}</p>;
    case "heading":
      return (
        <p dir="auto" className="title">
          {inside(node)}
        </p>
      );
    case "text":
      return withBreaks(node.value);
    case "html":
      return withBreaks(node.value);
    case "break":
      return <br />;
    case "emphasis":
      return <em>{inside(node)}</em>;
    case "strong":
      return <strong>{inside(node)}</strong>;
    case "delete":
      return <del>{inside(node)}</del>;
    case "inlineCode":
      return <code>{node.value}</code>;
    case "code":
      return <CodeBlock text={node.value} />;
    case "blockquote":
      return <blockquote dir="auto">{inside(node)}</blockquote>;
    case "list":
      return node.ordered ? (
        <ol dir="auto" start={node.start ?? 1}>
          {inside(node)}
        </ol>
      ) : (
        <ul dir="auto">{inside(node)}</ul>
      );
    case "listItem":
      return <li>{inside(node)}</li>;
    case "thematicBreak":
      return <hr />;
    case "link":
      return (
        <SafeLink url={node.url} words={wordsOf(node)}>
          {inside(node)}
        </SafeLink>
      );
    case "image":
      return (
        <SafeLink url={node.url} words={node.alt ?? ""}>
          {node.alt || node.url}
        </SafeLink>
      );
    default:
      return "children" in node ? inside(node) : "value" in node ? withBreaks(node.value) : null;
  }
}

function inside(node: Parents): ReactNode {
  return node.children.map((child, index) => <Fragment key={index}>{render(child)}</Fragment>);
}

/** Markdown joins lines; in a chat a line break is meant. */
function withBreaks(value: string): ReactNode {
  if (!value.includes("\n")) return value;
  return value.split("\n").map((line, index) => (
    <Fragment key={index}>
      {index > 0 && <br />}
      {line}
    </Fragment>
  ));
}

function wordsOf(node: Nodes): string {
  if ("value" in node) return node.value;
  return "children" in node ? node.children.map(wordsOf).join("") : "";
}

/** Scrolls inside; without a place in the Tab order its end could not be read by keyboard. */
function CodeBlock({ text }: { text: string }) {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <pre tabIndex={0} dir="ltr">
      <code>{text}</code>
    </pre>
  );
}

function SafeLink({ url, words, children }: { url: string; words: string; children: ReactNode }) {
  const reachable = useContext(LinksReachable);
  const href = safeHref(url);
  if (href === null)
    return (
      <>
        {words === url || words === "" ? (
          url
        ) : (
          <>
            {children} ({url})
          </>
        )}
      </>
    );
  const host = hiddenHost(href, words);
  return (
    <>
      <a href={href} target="_blank" rel="noopener noreferrer nofollow" tabIndex={reachable ? 0 : -1}>
        {children}
      </a>
      {host !== null && ` (${host})`}
    </>
  );
}
