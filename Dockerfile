# The bot in a container: docker compose up -d (see compose.yaml).

FROM python:3.11.14-slim-bookworm AS packages
COPY requirements.txt /
# What only the tests need stays out.
RUN sed '/^# Tests/,$d' /requirements.txt > /run.txt
RUN python -m venv /venv
RUN /venv/bin/pip install --no-cache-dir -r /run.txt

FROM python:3.11.14-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin bot
RUN install --directory --owner=bot --group=bot --mode=700 /data
COPY --from=packages /venv /venv
WORKDIR /app
COPY --chmod=755 . .
ENV DB_PATH=/data/notes.db \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
USER bot
VOLUME /data
STOPSIGNAL SIGTERM
# A bot that polls has no port: it is asked what the running one left as its sign of life.
HEALTHCHECK --interval=60s --timeout=10s --start-period=60s --retries=2 \
    CMD ["/venv/bin/python", "bot.py", "--health"]
ENTRYPOINT ["/venv/bin/python", "bot.py"]
