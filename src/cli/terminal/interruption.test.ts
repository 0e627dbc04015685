import { expect, it } from "@jest/globals";
import { createInterruption } from "./interruption.js";

function createWorld() {
  const world = { at: 1_000, left: 0 };
  const { signal, interrupt } = createInterruption(
    () => world.at,
    () => (world.left += 1),
  );
  return { world, signal, interrupt };
}

it("asks for an end in order at the first Ctrl-C, also where npm passes the same one on", () => {
  const { world, signal, interrupt } = createWorld();

  interrupt();
  world.at += 100;
  interrupt();

  expect(signal.aborted).toBe(true);
  expect(world.left).toBe(0);
});

it("leaves at once at a second Ctrl-C of the person", () => {
  const { world, interrupt } = createWorld();

  interrupt();
  world.at += 1_000;
  interrupt();

  expect(world.left).toBe(1);
});
