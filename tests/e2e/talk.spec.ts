import { expect, test } from "./support/fixtures.js";
import { composer, createRoom, joinRoom, roomLink, row, said, say, timeline } from "./support/page.js";
import { unique } from "./support/people.js";

test("[S2] two people register, meet in a room, and see each message once and in the same order", async ({
  person,
}) => {
  const ines = await person("Ines Okafor");
  const ravi = await person("Ravi Menon");
  const name = unique("harbour-works");

  await createRoom(ines, name, "Cranes, tides and who has the keys");
  await say(ines, "Tide table for the week is up.");
  await joinRoom(ravi, name);
  await expect(row(ines, "Ravi Menon joined")).toBeVisible();
  await say(ravi, "Thanks! Who has the keys?");
  await expect(row(ines, "Who has the keys?")).toBeVisible();
  await say(ines, "They are in the box.");
  await expect(row(ravi, "They are in the box.")).toBeVisible();

  const conversation = [
    "Ines Okafor made this room",
    "Ines Okafor: Tide table for the week is up.",
    "Ravi Menon joined",
    "Ravi Menon: Thanks! Who has the keys?",
    "Ines Okafor: They are in the box.",
  ];
  await expect.poll(() => said(ines)).toEqual(conversation);
  await expect.poll(() => said(ravi)).toEqual(conversation);

  await ravi.reload();
  await expect.poll(() => said(ravi)).toEqual(conversation);
  await expect(composer(ravi)).toBeFocused();
  await expect(ravi).toHaveTitle(`${name} · Parlance`);
  await expect(ravi.getByText("Cranes, tides and who has the keys").first()).toBeVisible();
});

test("[L1] [S3] both write at once, and both see one order", async ({ person }) => {
  // Tall enough that every row is drawn.
  const viewport = { width: 1000, height: 2400 };
  const ines = await person("Ines", { viewport });
  const ravi = await person("Ravi", { viewport });
  const name = unique("night-shift");
  await createRoom(ines, name);
  await joinRoom(ravi, name);
  const numbers = Array.from({ length: 12 }, (_, index) => index + 1);

  await Promise.all(
    [ines, ravi].map(async (page) => {
      for (const number of numbers) await say(page, `number ${number}`);
    }),
  );

  await expect(timeline(ines).getByRole("article")).toHaveCount(2 + 2 * numbers.length);
  await expect.poll(async () => (await said(ines)).filter((line) => /being sent/.test(line))).toEqual([]);
  const seen = await said(ines);
  await expect.poll(() => said(ravi)).toEqual(seen);
  for (const who of ["Ines", "Ravi"]) {
    expect(seen.filter((line) => line.startsWith(`${who}: `))).toEqual(numbers.map((n) => `${who}: number ${n}`));
  }
});

test("a room that is not looked at counts what comes in, and stops when it is opened", async ({ person }) => {
  const ines = await person("Ines");
  const ravi = await person("Ravi");
  const [yard, field] = [unique("yard"), unique("field")];
  await createRoom(ines, yard);
  await createRoom(ines, field);
  await joinRoom(ravi, yard);

  await say(ravi, "One.");
  await say(ravi, "Two.");

  await expect(roomLink(ines, yard)).toHaveAccessibleName(/2 unread messages/);
  await roomLink(ines, yard).click();
  await expect(row(ines, "Two.")).toBeVisible();
  await roomLink(ines, field).click();
  await expect(roomLink(ines, yard)).not.toHaveAccessibleName(/unread/);
});
