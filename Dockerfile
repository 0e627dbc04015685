# syntax=docker/dockerfile:1
# Parlance with its MongoDB in one image; docs/operations.md says how to run it. With MONGODB_URI set, the mongod in it is not used.
#   docker build -t parlance .
#   docker run -d --name parlance --init --stop-timeout 40 -p 127.0.0.1:3000:3000 -v parlance:/data parlance

FROM node:22-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --include=dev --ignore-scripts --no-audit --no-fund
COPY . .
RUN npm run build

# Only what runs: no compiler, no tests, no npm at run time.
FROM node:22-bookworm-slim AS dependencies
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

FROM node:22-bookworm-slim
# What mongod is linked against.
RUN apt-get update \
  && apt-get install -y --no-install-recommends ca-certificates libcurl4 libssl3 \
  && rm -rf /var/lib/apt/lists/*
COPY --from=mongo:7.0 /usr/bin/mongod /usr/local/bin/mongod
WORKDIR /app
COPY --from=dependencies /build/node_modules node_modules
COPY --from=build /build/dist dist
COPY package.json LICENSE .env.example ./
COPY deploy/admin.mjs deploy/admin.mjs
RUN mkdir /data && chown node:node /data
USER node
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 DATA_DIR=/data
VOLUME /data
EXPOSE 3000
# Up, not ready: while the database is away a new container would not help.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# No shell and no npm in between: SIGTERM reaches the server, which finishes what is queued and stops its mongod.
CMD ["node", "dist/main.js"]
