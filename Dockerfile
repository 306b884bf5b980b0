# The one image: the same commands as on a machine without containers, each service with its own.
FROM python:3.11-slim-bookworm AS packages
WORKDIR /site
RUN python -m venv /site/.venv
COPY requirements requirements
RUN .venv/bin/pip install --no-cache-dir --require-hashes -r requirements/build.txt \
 && .venv/bin/pip install --no-cache-dir --require-hashes --no-build-isolation -r requirements/run.txt

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /site site && mkdir -p /site/var && chown site /site/var
WORKDIR /site
COPY --from=packages /site/.venv .venv
COPY . .
ENV PATH=/site/.venv/bin:$PATH PYTHONUNBUFFERED=1
USER site
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s CMD ["python", "manage.py", "serve", "--ready"]
CMD ["python", "manage.py", "serve", "web"]
