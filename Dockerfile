# One image with all four drivers (target `all`, the default), and one for each warehouse alone. See docs/container.md.
ARG BASE=node:24-bookworm-slim

FROM ${BASE} AS build
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
# Both secrets are optional: the certificate of a company's proxy, and an .npmrc with its registry. Neither stays.
RUN --mount=type=secret,id=ca,target=/run/build-ca.crt,required=false \
    --mount=type=secret,id=npmrc,target=/run/build-npmrc,required=false \
    --mount=type=cache,target=/root/.npm \
    if [ -s /run/build-ca.crt ]; then export NODE_EXTRA_CA_CERTS=/run/build-ca.crt; fi; \
    if [ -s /run/build-npmrc ]; then export npm_config_userconfig=/run/build-npmrc; fi; \
    npm_config_fetch_retries=1 npm ci --ignore-scripts
COPY LICENSE ./
COPY build build
COPY sql sql
COPY connector connector

FROM build AS root-fs
RUN node build/root-fs.ts /root-fs

FROM build AS bundle-duckdb
RUN node build/bundle.ts --warehouse duckdb --outdir /app
FROM build AS bundle-postgres
RUN node build/bundle.ts --warehouse postgres --outdir /app
FROM build AS bundle-bigquery
RUN node build/bundle.ts --warehouse bigquery --outdir /app
FROM build AS bundle-snowflake
RUN node build/bundle.ts --warehouse snowflake --outdir /app
FROM build AS bundle-all
RUN node build/bundle.ts --warehouse all --outdir /app

FROM scratch AS runtime
COPY --from=root-fs /root-fs /
ARG VERSION=0.1.0
ARG REVISION=unknown
ARG SOURCE=unknown
LABEL org.opencontainers.image.title="tidemark" \
      org.opencontainers.image.description="Keeps ad-platform audiences in step with segments in your data warehouse" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.source="${SOURCE}"
ENV PATH=/usr/local/bin HOME=/tmp
USER 65532:65532
WORKDIR /work
STOPSIGNAL SIGTERM
HEALTHCHECK NONE
ENTRYPOINT ["node", "/app/tidemark.mjs"]

FROM runtime AS duckdb
ENV TIDEMARK_IMAGE=duckdb
COPY --from=bundle-duckdb /app /app

FROM runtime AS postgres
ENV TIDEMARK_IMAGE=postgres
COPY --from=bundle-postgres /app /app

FROM runtime AS bigquery
ENV TIDEMARK_IMAGE=bigquery
COPY --from=bundle-bigquery /app /app

FROM runtime AS snowflake
ENV TIDEMARK_IMAGE=snowflake
COPY --from=bundle-snowflake /app /app

FROM runtime AS all
COPY --from=bundle-all /app /app
