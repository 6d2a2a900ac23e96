-- A database that was brought back from a backup stays closed until the copy of the logs that is kept elsewhere has been
-- replayed over it: else recalled transfers, revoked keys and old rosters would come back (ARCHITECTURE.md#restore).

CREATE TABLE restore (
  at          timestamptz PRIMARY KEY,
  replayed_at timestamptz
);
GRANT SELECT ON restore TO safehand_server, safehand_scanner, safehand_housekeeper;
-- The housekeeper sees by itself that the copy is ahead of the database; only the operator's script opens again.
GRANT INSERT (at) ON restore TO safehand_housekeeper;
