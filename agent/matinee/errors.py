"""Every error that matinee raises on purpose, under one root.

RuntimeError
└── MatineeError
    ├── InvalidRequest            the viewer's text or options cannot be used (exit code 2); a ValueError, too
    ├── UnreadableAddress         a server's address is none; quotes no password (exit code 3)
    ├── CatalogueError            a catalogue file cannot be read at all
    │   └── UnknownCatalogueFormat
    ├── IndexUnavailable          the store cannot be opened or does not answer (exit code 3)
    │   ├── IndexInUse            another process holds the embedded store
    │   └── IndexDamaged          what the embedded store holds is not what was written
    ├── IndexMismatch             the store was built by another embedding (exit code 3)
    ├── ModelUnavailable          a model cannot be loaded or does not answer (exit code 3)
    │   ├── ChatModelUnavailable
    │   ├── EmbeddingsUnavailable
    │   └── WeightsCorrupt        packaged weights whose checksum is wrong
    ├── TelemetryUnavailable      spans are asked for, and what makes them is not installed (exit code 3)
    └── UnknownTitle              no film of the catalogue has this title; a LookupError, too

Each message says what was wrong, what was expected, and what to do.
"""


class MatineeError(RuntimeError):
    """Root of all errors that matinee raises on purpose.

    A RuntimeError, because LangGraph's server shows the messages of a few built-in kinds alone and puts "An internal
    error occurred" in place of all others.
    """


class InvalidRequest(MatineeError, ValueError):
    """The request or an option of the run is outside what can be answered."""


class UnreadableAddress(MatineeError):
    """The address of a server cannot be read; the message quotes no password."""


class CatalogueError(MatineeError):
    """A catalogue file is missing, empty, or not of its format."""


class UnknownCatalogueFormat(CatalogueError):
    """No reader recognises the file."""


class IndexUnavailable(MatineeError):
    """The store of films and preferences cannot be opened or does not answer."""


class IndexInUse(IndexUnavailable):
    """Another process holds the embedded store."""


class IndexDamaged(IndexUnavailable):
    """The embedded store is not what was written; `matinee doctor --repair` rebuilds it from what can be read."""


class IndexMismatch(MatineeError):
    """The store was built by another embedding than the one in use."""


class ModelUnavailable(MatineeError):
    """A model cannot be loaded or its server does not answer."""


class ChatModelUnavailable(ModelUnavailable):
    """The chat model's server is down, lacks the model, or went silent."""


class EmbeddingsUnavailable(ModelUnavailable):
    """The embedding model cannot be loaded or its server does not answer."""


class WeightsCorrupt(ModelUnavailable):
    """Packaged weights do not have the checksum that was recorded for them."""


class TelemetryUnavailable(MatineeError):
    """Spans are asked for, and the extra `telemetry` is not installed."""


class UnknownTitle(MatineeError, LookupError):
    """No film of the catalogue has this title."""
