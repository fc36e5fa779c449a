# The image contains only JavaScript, so it is built on the builder's own platform for any target:
#   docker buildx build --platform linux/amd64,linux/arm64 -t claude-code-proxy .
# To pin the base: --build-arg NODE_IMAGE=node:24.21.0-bookworm-slim@sha256:… (docker buildx imagetools inspect shows it).
ARG NODE_IMAGE=node:24.21.0-bookworm-slim

FROM --platform=$BUILDPLATFORM ${NODE_IMAGE} AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# Optional packages contain Node itself and local engines for tests: 200 MB that the image does not need.
RUN --mount=type=cache,target=/root/.npm npm ci --omit=dev --omit=optional --no-audit \
  && find node_modules -type f \( -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' -o -name '*.map' \) -delete

FROM --platform=$BUILDPLATFORM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN --mount=type=cache,target=/root/.npm npm ci --no-audit
COPY . .
# Only the proxy is copied, without the drill and its simulated servers.
RUN npm run build \
  && find dist -name '*.map' -delete \
  && rm -rf dist/test dist/libs/simulator \
  && mkdir -p /empty

FROM ${NODE_IMAGE}
# For hosts whose volumes belong to root: 0:0.
ARG RUN_AS=1000:1000
WORKDIR /app
# The heap size follows the container's memory and leaves room for buffers, which are outside the heap.
ENV NODE_ENV=production \
    NODE_OPTIONS="--max-old-space-size-percentage=40" \
    HOST=0.0.0.0 \
    PORT=8080 \
    DATA_DIR=/data
COPY --from=build --chown=1000:1000 /empty /data
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=build /app/package.json ./
COPY --from=build /app/bin ./bin
COPY --from=build /app/dist ./dist
USER ${RUN_AS}
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
# Runs Node directly, not npm, so that SIGTERM reaches it. As process 1 it ignores SIGTERM while it starts; use --init.
CMD ["node", "bin/start.js"]
