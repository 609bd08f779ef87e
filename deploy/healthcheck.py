"""Exit with 0 if the server answers, else with 1: the image has neither curl nor wget.

Port and base path are read from the variables that Streamlit itself reads.
"""

import os
import sys
import urllib.request

port = os.environ.get("STREAMLIT_SERVER_PORT", "8501")
base = os.environ.get("STREAMLIT_SERVER_BASE_URL_PATH", "").strip("/")
address = f"http://localhost:{port}/{base}/_stcore/health".replace(f"{port}//", f"{port}/")
try:
    urllib.request.urlopen(address, timeout=8).close()
except OSError as error:
    sys.exit(f"{address}: {error}")
