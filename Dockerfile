# The page in a container. docs/hosting.md says how it is built and started.
FROM python:3.11-slim

RUN useradd --create-home --uid 1000 omost && mkdir /data && chown omost /data
WORKDIR /app
COPY requirements.txt requirements-embedded.txt ./
RUN python -m pip install --no-cache-dir -r requirements.txt && python -m pip install --no-cache-dir --no-deps -r requirements-embedded.txt
COPY . .

# What is downloaded, unpacked, said and painted is kept in one volume.
ENV HF_HOME=/data/huggingface XDG_CACHE_HOME=/data/cache OMOST_SESSIONS=/data/sessions PYTHONUNBUFFERED=1
USER omost
VOLUME /data
EXPOSE 7860
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s \
    CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen('http://127.0.0.1:' + os.environ.get('GRADIO_SERVER_PORT', '7860'), timeout=8)"]
# The password comes from the variable OMOST_PASSWORD, other arguments from OMOST_ARGUMENTS.
CMD ["python", "gradio_app.py", "--host", "0.0.0.0", "--outputs", "/data/outputs"]
