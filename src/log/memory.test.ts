import { createMemory } from "./memory.js";

const MEBI = 1024 * 1024;

it("[D0] forgets the rooms unused longest before their ids, however long, take more than its share", () => {
  const memory = createMemory();
  const idOf = (index: number) => `${index} ${"x".repeat(MEBI)}`;

  for (let index = 0; index < 70; index++) memory.load(idOf(index), 0, 0);

  expect(memory.get(idOf(0))).toBeUndefined();
  expect(memory.get(idOf(69))?.head).toBe(0);
});
