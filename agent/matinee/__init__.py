"""matinee: grounded film recommendations on the viewer's own machine; the parts that the graphs wire."""

import logging

logging.getLogger(__name__).addHandler(logging.NullHandler())  # the host application decides what is shown
