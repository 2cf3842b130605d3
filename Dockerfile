# Bot and workers are one image; docker-compose.yml says which is which. Not built by the tests: there is no Docker there.
FROM node:24-bookworm-slim
RUN apt-get update \
  && apt-get install -y --no-install-recommends ffmpeg python3-pip \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --omit=optional
COPY bin bin
COPY src src
COPY templates templates
COPY schemas schemas
# what a model is checked with
COPY samples samples
# data, blobs and models are volumes; they must belong to whoever runs here
RUN mkdir -p /data /blobs /models && chown 10001:10001 /data /blobs /models
USER 10001:10001
ENV HANSARD_DATA=/data HANSARD_BLOBS_DIR=/blobs HANSARD_MODELS=/models HANSARD_HTTP=0.0.0.0:8787 \
  NODE_OPTIONS=--max-semi-space-size=2
ENTRYPOINT ["node", "bin/hansard.cjs"]
CMD ["start"]
