PRAGMA application_id = 1098015566;

CREATE TABLE alembic_version (
    version_num VARCHAR(32) NOT NULL,
    CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);

CREATE TABLE article (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "key" VARCHAR(16) NOT NULL,
    capture_id INTEGER NOT NULL,
    title TEXT NOT NULL,
    published VARCHAR,
    source VARCHAR,
    author VARCHAR,
    editor VARCHAR,
    channel JSON NOT NULL,
    url VARCHAR,
    captions JSON NOT NULL,
    digest VARCHAR(64) NOT NULL,
    reader INTEGER NOT NULL,
    superseded_by INTEGER, original_title TEXT, identity VARCHAR(64), story VARCHAR(32),
    CONSTRAINT fk_article_capture_id_capture FOREIGN KEY(capture_id) REFERENCES capture (id) ON DELETE CASCADE,
    CONSTRAINT fk_article_superseded_by_article FOREIGN KEY(superseded_by) REFERENCES article (id) ON DELETE SET NULL,
    CONSTRAINT uq_article_key UNIQUE ("key"),
    CONSTRAINT uq_article_capture_id UNIQUE (capture_id)
);

CREATE TABLE capture (
    id INTEGER NOT NULL,
    sha256 VARCHAR(64) NOT NULL,
    data BLOB NOT NULL,
    bytes INTEGER NOT NULL,
    media_type VARCHAR NOT NULL,
    encoding VARCHAR NOT NULL,
    encoding_evidence VARCHAR NOT NULL,
    replaced INTEGER NOT NULL,
    captured VARCHAR,
    ingested VARCHAR NOT NULL,
    CONSTRAINT pk_capture PRIMARY KEY (id),
    CONSTRAINT uq_capture_sha256 UNIQUE (sha256)
);

CREATE TABLE duplicate (
    capture_id INTEGER NOT NULL,
    article_id INTEGER NOT NULL,
    CONSTRAINT pk_duplicate PRIMARY KEY (capture_id),
    CONSTRAINT fk_duplicate_capture_id_capture FOREIGN KEY(capture_id) REFERENCES capture (id) ON DELETE CASCADE,
    CONSTRAINT fk_duplicate_article_id_article FOREIGN KEY(article_id) REFERENCES article (id) ON DELETE CASCADE
);

CREATE TABLE failure (
    path VARCHAR NOT NULL,
    reason VARCHAR NOT NULL,
    failed VARCHAR NOT NULL,
    tries INTEGER NOT NULL,
    CONSTRAINT pk_failure PRIMARY KEY (path)
);

CREATE TABLE origin (
    id INTEGER NOT NULL,
    capture_id INTEGER NOT NULL,
    path VARCHAR NOT NULL,
    url VARCHAR,
    seen VARCHAR NOT NULL,
    CONSTRAINT pk_origin PRIMARY KEY (id),
    CONSTRAINT fk_origin_capture_id_capture FOREIGN KEY(capture_id) REFERENCES capture (id) ON DELETE CASCADE,
    CONSTRAINT uq_origin_capture_id UNIQUE (capture_id, path)
);

CREATE TABLE removal (
    sha256 VARCHAR(64) NOT NULL,
    removed VARCHAR NOT NULL,
    CONSTRAINT pk_removal PRIMARY KEY (sha256)
);

CREATE TABLE section (
    id INTEGER NOT NULL,
    article_id INTEGER NOT NULL,
    number INTEGER NOT NULL,
    heading TEXT,
    text TEXT NOT NULL,
    spans JSON NOT NULL,
    CONSTRAINT pk_section PRIMARY KEY (id),
    CONSTRAINT fk_section_article_id_article FOREIGN KEY(article_id) REFERENCES article (id) ON DELETE CASCADE,
    CONSTRAINT uq_section_article_id UNIQUE (article_id, number)
);

CREATE VIRTUAL TABLE section_index USING fts5(
            body, heading, title, caption, content='', tokenize='ascii', detail=full
        );

CREATE TABLE section_index_article (
    section_id INTEGER NOT NULL,
    article_id INTEGER NOT NULL, alone BOOLEAN DEFAULT 0 NOT NULL,
    CONSTRAINT pk_section_index_article PRIMARY KEY (section_id)
);

CREATE VIRTUAL TABLE section_index_levels USING fts5(levels, content='', tokenize='ascii', detail=none, columnsize=0);

CREATE VIRTUAL TABLE section_index_near USING fts5(bands, content='', tokenize='ascii', detail=none, columnsize=0);

CREATE TABLE section_index_signature (
    article_id INTEGER NOT NULL,
    signature BLOB NOT NULL,
    CONSTRAINT pk_section_index_signature PRIMARY KEY (article_id)
);

CREATE TABLE section_index_version (
    version INTEGER NOT NULL, levels INTEGER, near VARCHAR,
    CONSTRAINT pk_section_index_version PRIMARY KEY (version)
);

CREATE TABLE sqlite_sequence(name,seq);

CREATE INDEX ix_article_author ON article (author);

CREATE INDEX ix_article_channel ON article (channel);

CREATE INDEX ix_article_editor ON article (editor);

CREATE INDEX ix_article_identity ON article (identity);

CREATE INDEX ix_article_published ON article (published);

CREATE INDEX ix_article_source ON article (source);

CREATE INDEX ix_article_story ON article (story);

CREATE INDEX ix_article_superseded_by ON article (superseded_by);

CREATE INDEX ix_article_url ON article (url);

CREATE INDEX ix_duplicate_article_id ON duplicate (article_id);

CREATE INDEX ix_origin_path ON origin (path);

CREATE INDEX ix_section_index_signature_article_id ON section_index_signature (article_id);
