# matinee with its weights inside, as `docker compose up -d matinee` runs it.
FROM python:3.11-slim AS built
WORKDIR /source
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY agent agent
COPY graphs graphs
COPY prompts prompts
RUN python -m venv /opt/matinee \
    && /opt/matinee/bin/pip install --no-cache-dir --constraint constraints.txt ".[chat,serve]"

FROM python:3.11-slim
RUN useradd --uid 10001 --create-home matinee && install --directory --owner=matinee --mode=0700 /data
COPY --from=built /opt/matinee /opt/matinee
USER matinee
ENV PATH=/opt/matinee/bin:$PATH MATINEE_HOME=/data
VOLUME /data
EXPOSE 8000
# The first start stores the starter catalogue.
HEALTHCHECK --interval=30s --timeout=5s --start-period=180s --retries=3 \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/api/health', timeout=4)"]
CMD ["matinee", "serve", "--host", "0.0.0.0"]
