# Genre Lab as one container: docs/deploy.md says how to build, run and keep it.
#   docker build -t genre-lab .                           with training
#   docker build -t genre-lab --build-arg TRAINING=0 .    without TensorFlow: a third of the size
ARG PYTHON=3.12
FROM python:${PYTHON}-slim AS build
ARG TRAINING=1
WORKDIR /app
COPY requirements.txt .
RUN python -m venv /venv \
 && if [ "$TRAINING" = 0 ]; then sed -i -E '/^(tensorflow|keras)\b/d' requirements.txt; fi \
 && /venv/bin/python -m pip install --no-cache-dir -r requirements.txt
COPY server.py streamlit_app.py ./
COPY .streamlit/config.toml .streamlit/
COPY app_pages app_pages
COPY genre genre
COPY models models
COPY datasets datasets
COPY samples samples
COPY locale locale
COPY recorded recorded
COPY docs/results docs/results
COPY deploy/healthcheck.py deploy/
# Nothing can be written beside a module later: the root is read-only, and not the user's.
RUN /venv/bin/python -m compileall -q app_pages genre deploy streamlit_app.py

FROM python:${PYTHON}-slim
# 1000 is the user as which Hugging Face Spaces runs every container.
RUN useradd --uid 1000 --home-dir /data --no-create-home genre \
 && install -d -o genre -g genre /data
COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /app
# Runs, saved models and all caches lie in the one volume.
ENV PATH=/venv/bin:$PATH \
    HOME=/data \
    GENRE_LAB_HOME=/data \
    STREAMLIT_SERVER_ADDRESS=0.0.0.0 \
    STREAMLIT_SERVER_HEADLESS=true \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
USER genre
VOLUME /data
EXPOSE 8501
HEALTHCHECK --start-period=60s --interval=30s --timeout=10s CMD ["python", "deploy/healthcheck.py"]
CMD ["python", "-m", "streamlit", "run", "server.py"]
