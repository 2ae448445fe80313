"""Log records as lines of JSON."""

from __future__ import annotations

import datetime
import json
import logging

__all__ = ["JsonFormatter"]


class JsonFormatter(logging.Formatter):
    """Formats a record as one JSON object: time, level, logger, message, element, exception.

    ``element`` is the path name of the GStreamer element that the record is about, where there is
    one; ``exception`` the traceback.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, without the newline."""
        time = datetime.datetime.fromtimestamp(record.created, datetime.timezone.utc)
        fields = {
            "time": time.isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        element = getattr(record, "element", None)
        if element:
            fields["element"] = element
        if record.exc_info:
            fields["exception"] = self.formatException(record.exc_info)
        return json.dumps(fields)
