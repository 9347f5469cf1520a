"""What the user says of how captures are found and read."""

from dataclasses import dataclass, field

from archive.capture.mapping import Fields


@dataclass(frozen=True, slots=True)
class Options:
    """How captures are read from files."""

    max_bytes: int
    """A larger capture, be it a file, a member or a record, is a failure."""
    encoding: str | None = None
    """The encoding that the user insists on."""
    fields: Fields = field(default_factory=dict)
    """Which name in a record holds which field, as far as the user says."""
