"""The FTS5 tables of the index, and those that FTS5 keeps them in.

Idea: they are known by their very words. A file in which one is made otherwise is not to be trusted
(:mod:`archive.foreign`), and the index is made anew by them (:mod:`archive.reindex`). Invariant:
they are made here as the migrations make them, or no archive could be opened.
"""

TABLES = {
    "section_index": """CREATE VIRTUAL TABLE section_index USING fts5(
            body, heading, title, caption, content='', tokenize='ascii', detail=full
        )""",
    "section_index_levels": "CREATE VIRTUAL TABLE section_index_levels USING fts5"
    "(levels, content='', tokenize='ascii', detail=none, columnsize=0)",
    "section_index_near": "CREATE VIRTUAL TABLE section_index_near USING fts5"
    "(bands, content='', tokenize='ascii', detail=none, columnsize=0)",
}
"""How each is made."""

SHADOWS = {
    "section_index": ("config", "data", "docsize", "idx"),
    "section_index_levels": ("config", "data", "idx"),
    "section_index_near": ("config", "data", "idx"),
}
"""In which tables, named by the table and this, FTS5 keeps each."""
