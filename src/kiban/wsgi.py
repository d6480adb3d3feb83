"""The WSGI application (``kiban serve`` starts it; behind nginx any WSGI server may)."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kiban.ops.settings")
application = get_wsgi_application()
