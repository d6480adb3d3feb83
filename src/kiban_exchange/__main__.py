import sys

from kiban_exchange.cli import main

sys.exit(main())
