import { render } from "@testing-library/react";
import fc from "fast-check";
import { LinksReachable, RichText } from "./rich-text.js";

const show = (text: string) => render(<RichText text={text} />).container;

describe("RichText", () => {
  it("shows markup as the text it was written as", () => {
    const shown = show('<img src=x onerror=alert(1)> <script>alert(2)</script>\n\n<iframe src="//evil"></iframe>');

    expect(shown.querySelector("img, script, iframe")).toBeNull();
    expect(shown.textContent).toContain("<img src=x onerror=alert(1)>");
    expect(shown.textContent).toContain('<iframe src="//evil"></iframe>');
  });

  it.each([
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](data:text/html,<b>)",
    "[x](vbscript:x)",
    "[x](/settings)",
    "[x](//evil.example)",
    "<javascript:alert(1)>",
    "![x](javascript:alert(1))",
    "[x](file:///etc/passwd)",
  ])("makes no link of %s", (text) => {
    expect(show(text).querySelector("a")).toBeNull();
  });

  it("lets links lead out by http, https and mailto only, and tells the other side nothing", () => {
    const links = [...show("https://a.example/x http://b.example [mail](mailto:c@d.example)").querySelectorAll("a")];

    expect(links.map((link) => link.href)).toEqual(["https://a.example/x", "http://b.example/", "mailto:c@d.example"]);
    for (const link of links) expect(link.rel).toBe("noopener noreferrer nofollow");
  });

  it("names the real host beside a link whose words name another one", () => {
    expect(show("[https://bank.example](https://evil.example/login)").textContent).toBe(
      "https://bank.example (evil.example)",
    );
    expect(show("[our site](https://bank.example)").textContent).toBe("our site");
    expect(show("https://bank.example/a").textContent).toBe("https://bank.example/a");
  });

  it("loads no picture: an image is a link", () => {
    const shown = show("![a cat](https://cats.example/1.png)");

    expect(shown.querySelector("img")).toBeNull();
    expect(shown.querySelector("a")?.textContent).toBe("a cat");
  });

  it("keeps line breaks", () => {
    expect(show("one\ntwo\nthree").querySelectorAll("br")).toHaveLength(2);
  });

  it("shows code, emphasis, lists and quotes", () => {
    const shown = show("**b** *i* ~~s~~ `c`\n\n- x\n- y\n\n> q\n\n```\npre <b>\n```");

    expect(shown.querySelector("strong")?.textContent).toBe("b");
    expect(shown.querySelector("em")?.textContent).toBe("i");
    expect(shown.querySelector("del")?.textContent).toBe("s");
    expect(shown.querySelectorAll("li")).toHaveLength(2);
    expect(shown.querySelector("blockquote")?.textContent).toBe("q");
    expect(shown.querySelector("pre")?.textContent).toBe("pre <b>");
  });

  it("keeps links out of the Tab order in rows that do not have the focus", () => {
    const { container } = render(
      <LinksReachable value={false}>
        <RichText text="https://a.example" />
      </LinksReachable>,
    );

    expect(container.querySelector("a")?.tabIndex).toBe(-1);
  });

  it("shows a text that is built to be slow as it is", () => {
    for (const text of [">".repeat(8_000), "[".repeat(8_000), "*a ".repeat(2_600), "x\n".repeat(4_000)]) {
      expect(show(text).querySelectorAll("blockquote, a, em")).toHaveLength(0);
    }
  });

  it("never makes anything but harmless elements and safe links, whatever is written", () => {
    const harmless = new Set("P STRONG EM DEL CODE PRE BLOCKQUOTE OL UL LI HR BR A DIV".split(" "));
    const parts = fc.constantFrom(
      ..."< > & \" ' [ ] ( ) ! * _ ~ ` # - \n \\ <script> <img onerror=x> javascript: https://a.example data: www.a.example".split(
        " ",
      ),
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(parts, fc.string({ maxLength: 6 })), { maxLength: 30 }), (pieces) => {
        const { container, unmount } = render(<RichText text={pieces.join("")} />);
        for (const element of container.querySelectorAll("*")) {
          expect(harmless).toContain(element.tagName);
          expect(element.getAttributeNames().filter((name) => name.startsWith("on"))).toEqual([]);
        }
        for (const link of container.querySelectorAll("a")) expect(link.href).toMatch(/^(https?:|mailto:)/);
        unmount();
      }),
      { numRuns: 200 },
    );
  });
});
