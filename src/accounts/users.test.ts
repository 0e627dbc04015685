import { startEdge, type Edge } from "../../tests/support/edge.js";
import type { StoredUser } from "./user-model.js";
import { createUsers } from "./users.js";

let edge: Edge;
beforeAll(async () => {
  edge = await startEdge();
});
afterAll(() => edge.close());

const numbered = (index: number): StoredUser => ({
  _id: index.toString(16).padStart(24, "0"),
  username: `user-${String(index).padStart(5, "0")}`,
  displayName: `Person ${index}`,
  searchName: `person ${index}`,
  email: null,
  role: "member",
  preferences: "{}",
  passwordHash: "none",
  bot: false,
  createdAt: new Date(),
});

it("searches by walking an index, no further than the page that is asked for", async () => {
  const [model] = edge.accounts.models;
  await model.insertMany(Array.from({ length: 2_000 }, (_, index) => numbered(index)));
  const users = createUsers(model);
  await edge.connection.db?.command({ profile: 2 });

  await users.search("", 10);
  await users.search("user-", 10);
  await users.search("Person 1", 10);
  await edge.connection.db?.command({ profile: 0 });

  const walks = await edge.connection
    .collection("system.profile")
    .find({ op: "query", "command.find": "users" })
    .project<{ planSummary: string; keysExamined: number; docsExamined: number; hasSortStage?: boolean }>({
      planSummary: 1,
      keysExamined: 1,
      docsExamined: 1,
      hasSortStage: 1,
    })
    .toArray();
  expect(walks).toHaveLength(5);
  for (const { planSummary, keysExamined, docsExamined, hasSortStage = false } of walks) {
    expect(planSummary).toMatch(/^IXSCAN/);
    expect(keysExamined).toBeLessThanOrEqual(11);
    expect(docsExamined).toBeLessThanOrEqual(11);
    expect(hasSortStage).toBe(false);
  }
});
