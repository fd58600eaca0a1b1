# The same steps as the README, on Debian slim: npm ci, build the console, serve. glibc is needed by the decoder (no Alpine).
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
RUN npm run build && npm prune --omit=dev

FROM node:24-bookworm-slim
ENV NODE_ENV=production YIJI_DATA_DIR=/data YIJI_HTTP_HOST=0.0.0.0
WORKDIR /app
COPY --from=build --chown=node:node /app /app
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
# 8080 console and API; 5060 SIP over UDP and TCP; 30000-30999 media over UDP and TCP.
EXPOSE 8080 5060/udp 5060/tcp 30000-30999/udp 30000-30999/tcp
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s CMD ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.YIJI_HTTP_PORT ?? 8080) + '/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--max-semi-space-size=8", "--heap-growing-percent=30", "bin/yiji.js", "serve"]
