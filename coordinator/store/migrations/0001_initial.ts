import type { Migration } from './migration.ts'

/**
 * Entries keep their rowids: a record of about 1 kB fits a leaf page there, while in a tree of keys it would spill
 * into a page of its own. Checksums cover what SQLite's own check cannot see: bytes that changed inside a value.
 */
export const initial: Migration = {
  version: 1,
  sql: `
    CREATE TABLE entries (
      key TEXT NOT NULL PRIMARY KEY,
      value TEXT NOT NULL,
      revision INTEGER NOT NULL,
      checksum INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE history (
      revision INTEGER NOT NULL PRIMARY KEY,
      key TEXT NOT NULL,
      value TEXT,
      checksum INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE meta (
      name TEXT NOT NULL PRIMARY KEY,
      value INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    INSERT INTO meta (name, value) VALUES ('compacted', 0);
  `,
}
