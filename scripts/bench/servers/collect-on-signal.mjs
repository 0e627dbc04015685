/**
 * Loaded before each measured server: a SIGUSR2 collects garbage and gives free pages back, so that memory is compared and not
 * what happens to lie around.
 */
process.on("SIGUSR2", () => {
  const collect = /** @type {((options: object) => void) | undefined} */ (globalThis.gc);
  for (let time = 0; time < 2; time++) collect?.({ type: "major", execution: "sync", flavor: "last-resort" });
});
