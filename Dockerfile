# Loss Lab for a class: see docs/hosting.md. `make hosting-check` runs these steps without Docker.
FROM python:3.11-slim

# For torch's CPU build: --build-arg PIP_OPTIONS="--extra-index-url ADDRESS", with the address that PyTorch's site gives.
ARG PIP_OPTIONS=""

RUN apt-get update && apt-get install --yes --no-install-recommends make && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY Makefile requirements.txt requirements.lock.txt ./
RUN make .venv/app PIP_OPTIONS="$PIP_OPTIONS"
COPY . .
RUN python -m compileall -q engine pages streamlit_app.py \
    && useradd --uid 1000 --no-create-home --home-dir /data/home lab \
    && install -d -o lab -g lab /data /data/home

# All that is written lies in /data and /tmp; everything else may be read-only.
ENV HOME=/data/home LOSS_LAB_DATA=/data/library LOSS_LAB_RUNS=/data/runs LOSS_LAB_CACHE=/data/cache \
    LOSS_LAB_PRIVATE=1 PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
USER lab
VOLUME /data
EXPOSE 8501
HEALTHCHECK --start-period=60s CMD [".venv/bin/python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8501/_stcore/health', timeout=5)"]
CMD [".venv/bin/streamlit", "run", "streamlit_app.py", "--server.address=0.0.0.0", "--server.headless=true"]
