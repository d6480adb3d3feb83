import sys

from kiban_card.cli import main

sys.exit(main())
