import { expect, test } from "./support/fixtures.js";
import { composer, createRoom, roomLink, row, said, timeline } from "./support/page.js";
import { unique } from "./support/people.js";

test("Enter sends, Shift+Enter makes a new line, and nothing but spaces is not sent", async ({ person }) => {
  const page = await person("Ines");
  await createRoom(page, unique("harbour"));
  await expect(composer(page)).toBeFocused();

  await page.keyboard.type("one");
  await page.keyboard.press("Shift+Enter");
  await page.keyboard.type("two");
  await expect(composer(page)).toHaveValue("one\ntwo");
  await page.keyboard.press("Enter");
  await expect(composer(page)).toHaveValue("");
  await expect(composer(page)).toBeFocused();
  await expect(row(page, "one")).toContainText("two");

  await page.keyboard.type("   ");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: "Send" })).toBeDisabled();
  await expect(timeline(page).getByRole("article")).toHaveCount(2);
});

test("Enter that chooses a word of an input method does not send", async ({ person }) => {
  const page = await person("Ines");
  await createRoom(page, unique("harbour"));
  await expect(composer(page)).toBeFocused();
  const devtools = await page.context().newCDPSession(page);
  await page.evaluate(() => {
    const note = (event: KeyboardEvent) => Object.assign(globalThis, { wasComposing: event.isComposing });
    document.addEventListener("keydown", note, { once: true, capture: true });
  });

  await devtools.send("Input.imeSetComposition", { text: "みなと", selectionStart: 3, selectionEnd: 3 });
  // The key alone: an input method takes it, and no line break comes of it.
  for (const type of ["rawKeyDown", "keyUp"] as const) {
    await devtools.send("Input.dispatchKeyEvent", { type, key: "Enter", code: "Enter", windowsVirtualKeyCode: 13 });
  }
  await page.waitForFunction(() => (globalThis as { wasComposing?: boolean }).wasComposing === true);
  await expect(composer(page)).toHaveValue("みなと");
  await devtools.send("Input.insertText", { text: "港" });
  await expect(composer(page)).toHaveValue("港");

  await page.keyboard.press("Enter");
  await expect.poll(() => said(page)).toEqual(["Ines made this room", "Ines: 港"]);
});

test("each room keeps its draft, through switching and a reload", async ({ person }) => {
  const page = await person("Ines");
  const [yard, field] = [unique("yard"), unique("field")];
  await createRoom(page, yard);
  await createRoom(page, field);

  await composer(page).fill("for the field");
  await roomLink(page, yard).click();
  await expect(composer(page)).toHaveValue("");
  await expect(roomLink(page, field)).toHaveAccessibleName(/draft/);
  await composer(page).fill("for the yard");
  await roomLink(page, field).click();
  await expect(composer(page)).toHaveValue("for the field");

  await page.reload();
  await expect(composer(page)).toHaveValue("for the field");
  await composer(page).press("Enter");
  await expect(row(page, "for the field")).not.toContainText("◌");
  await roomLink(page, yard).click();
  await expect(composer(page)).toHaveValue("for the yard");
  await expect(roomLink(page, field)).not.toHaveAccessibleName(/draft/);
});

test("text stays text: markup that comes in a message is neither drawn nor run", async ({ complaints, person }) => {
  const page = await person("Ines");
  await createRoom(page, unique("harbour"));
  const hostile = `<img src="x" onerror="document.title='broken in'"> <script>document.title='broken in'</script>`;

  await composer(page).fill(hostile);
  await composer(page).press("Enter");

  await expect(row(page, "onerror")).not.toContainText("◌");
  await expect(timeline(page).locator("img, script")).toHaveCount(0);
  await expect(page).not.toHaveTitle("broken in");
  expect(complaints.all).toEqual([]);
});

test("the watch over the consoles sees what the page's policy refuses", async ({ complaints, visitor }) => {
  complaints.tolerate(/Content Security Policy|TrustedScript/i);
  const page = await visitor();

  await page
    .evaluate(() => {
      const script = document.createElement("script");
      script.src = "data:text/javascript,document.title='broken in'";
      document.head.append(script);
    })
    .catch(() => undefined);
  await page.evaluate(() => {
    const image = new Image();
    image.src = "http://127.0.0.1:9/x.png";
  });

  await expect.poll(() => complaints.all.join("\n")).toMatch(/Content Security Policy/);
  await expect(page).not.toHaveTitle("broken in");
});
