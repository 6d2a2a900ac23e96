-- The verdict as a document that the scan authority signed, so that no client takes the service's word for it
-- (ARCHITECTURE.md#verdict-document). One for each transfer: what has a verdict is not scanned again. What was judged before
-- has none, and nobody can sign one for it: the scanner signs what it has just read, and nothing that stands in a table.

CREATE TABLE verdict_document (
  transfer        id PRIMARY KEY REFERENCES transfer,
  hash            sha256 NOT NULL,
  note_hash       sha256 NOT NULL,
  bytes           bytea NOT NULL,
  signature       bytea NOT NULL,
  authority       fingerprint NOT NULL,
  authority_bytes bytea NOT NULL,
  at              timestamptz NOT NULL
);

GRANT SELECT ON verdict_document TO safehand_server, safehand_scanner, safehand_housekeeper;
GRANT INSERT ON verdict_document TO safehand_scanner;

CREATE OR REPLACE FUNCTION may_be_released(asked transfer) RETURNS boolean LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT asked.note_hash IS NOT NULL
    AND EXISTS (SELECT FROM transfer_file f WHERE f.transfer = asked.id)
    AND EXISTS (SELECT FROM scan_certificate c WHERE c.transfer = asked.id)
    AND EXISTS (SELECT FROM verdict_document d WHERE d.transfer = asked.id AND d.note_hash = asked.note_hash)
    AND NOT EXISTS (SELECT FROM transfer_file f WHERE f.transfer = asked.id AND NOT EXISTS (
      SELECT FROM verdict v WHERE v.transfer = f.transfer AND v.file = f.file AND v.body_digest = f.body_digest AND (
        v.verdict = 'clean'
        OR v.verdict = 'unscannable' AND v.finding ~ '^(Heuristics|Limits|Safehand\.Unscannable)\.'
          AND is_approved(asked, true))))
    AND (asked.approval_for IS NULL OR is_approved(asked, false))
    AND NOT EXISTS (SELECT FROM scan_certificate c WHERE c.transfer = asked.id AND NOT EXISTS
      (SELECT FROM scan_key_destroyed d WHERE d.fingerprint = c.fingerprint))
$$;
