/** The web page's build: `vite build -c client/vite.config.ts` writes dist/client, which the server hands out. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, gzip } from "node:zlib";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

const server = process.env.PARLANCE_SERVER ?? "http://127.0.0.1:3000";

/** Less than this is one packet either way. */
const WORTHWHILE_BYTES = 1_000;

/** Writes what the bundle consists of compressed as well, which the server then hands out (src/http/web-client.ts). */
function compressed(): Plugin {
  return {
    name: "compressed",
    apply: "build",
    async writeBundle({ dir = "" }, bundle) {
      const texts = Object.values(bundle).filter(({ fileName }) => /\.(js|css|html|svg)$/.test(fileName));
      await Promise.all(
        texts.map(async (file) => {
          const content = Buffer.from(file.type === "chunk" ? file.code : file.source);
          if (content.length < WORTHWHILE_BYTES) return;
          const path = join(dir, file.fileName);
          await Promise.all([
            writeFile(`${path}.br`, await promisify(brotliCompress)(content)),
            writeFile(`${path}.gz`, await promisify(gzip)(content, { level: 9 })),
          ]);
        }),
      );
    },
  };
}

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
  plugins: [react(), compressed()],
});
