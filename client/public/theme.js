// Runs before the first paint, as a file of its own because the page's policy allows no inline script: whoever chose a
// theme never sees the other one flash. hooks/use-theme.ts writes what is read here.
try {
  const theme = localStorage.getItem("parlance.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Storage is blocked: the system's theme it is.
}
