"""archive: a local-first archive for captured news articles.

The Python API is one class, :class:`archive.store.Archive`, resolved on first use so that
``archive --help`` starts without importing SQLAlchemy.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from archive.store import Archive

__all__ = ["Archive", "__version__"]
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:  # noqa: ANN401 - the module protocol of PEP 562
    if name == "Archive":
        from archive.store import Archive  # noqa: PLC0415 - the reason is in the docstring

        return Archive
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
