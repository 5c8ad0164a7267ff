CREATE TABLE tender (
    agency_id      TEXT NOT NULL,
    tender_id      TEXT NOT NULL,
    agency_name_ja TEXT NOT NULL,
    agency_name_en TEXT NOT NULL,
    title_ja       TEXT NOT NULL,
    title_en       TEXT NOT NULL,
    as_of          TEXT NOT NULL,
    record_sha256  TEXT NOT NULL,
    PRIMARY KEY (agency_id, tender_id)
);

CREATE TABLE tender_file (
    agency_id TEXT NOT NULL,
    tender_id TEXT NOT NULL,
    path      TEXT NOT NULL,
    sha256    TEXT NOT NULL,
    bytes     BIGINT NOT NULL,
    PRIMARY KEY (agency_id, tender_id, path),
    FOREIGN KEY (agency_id, tender_id) REFERENCES tender (agency_id, tender_id)
);

CREATE INDEX tender_file_by_digest ON tender_file (agency_id, tender_id, sha256);
