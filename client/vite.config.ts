/** The web page's build: `vite build -c client/vite.config.ts` writes dist/client, which the server hands out. */
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const server = process.env.PARLANCE_SERVER ?? "http://127.0.0.1:3000";

export default defineConfig({
  root: import.meta.dirname,
  // The login page loads React and little else; naming the chunk keeps it cached across releases of our own code.
  build: {
    outDir: "../dist/client",
    emptyOutDir: true,
    manifest: true,
    target: "baseline-widely-available",
    // Every browser of that target knows modulepreload. What the shell needs besides itself is there when it is asked for.
    modulePreload: {
      polyfill: false,
      resolveDependencies: (_file, deps, { hostType }) => (hostType === "html" ? deps : []),
    },
    rolldownOptions: {
      output: {
        codeSplitting: { groups: [{ name: "react", test: /node_modules[\\/](react|react-dom|scheduler)[\\/]/ }] },
      },
    },
  },
  server: {
    host: "127.0.0.1",
    strictPort: true,
    proxy: { "/api": server, "/socket.io": { target: server, ws: true } },
  },
  plugins: [react()],
});
