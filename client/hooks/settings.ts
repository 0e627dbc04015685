/** What this browser remembers, whoever is logged in: the theme, and what Enter does. */
import { createLocalSetting } from "./local-setting.js";

/** public/theme.js reads the same key before the first paint. */
export const themeSetting = createLocalSetting("parlance.theme", ["system", "light", "dark"], (theme) => {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
});

/** What Enter does in the composer; Ctrl+Enter sends either way. */
export const enterSetting = createLocalSetting("parlance.enter", ["sends", "new-line"]);

/** Whether somebody has logged in with this browser before: then the way in opens on Log in. */
export const knownHereSetting = createLocalSetting("parlance.known", ["no", "yes"]);
