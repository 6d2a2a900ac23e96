-- Two people release what is larger than the flow's threshold, as they do what could not be scanned
-- (ARCHITECTURE.md#approval): one approver, who is not the sender, releases it or sends it back. What a transfer holds
-- is said at its draft and stays.

ALTER TABLE transfer
  -- As the sender states them; null: not stated.
  ADD records      bigint,
  -- Which bound of the flow it is over, so that a second person must release it; null: none.
  ADD approval_for text CHECK (approval_for IN ('records', 'files', 'bytes'));
-- Plaintext octets as the sender says, held against the scan; null for the manifest, and before this was asked.
ALTER TABLE transfer_file ADD size bigint;
CREATE INDEX transfer_awaiting_approval ON transfer (sender_organisation) WHERE state = 'awaiting-approval';

ALTER TABLE approval ADD what text NOT NULL DEFAULT 'release-not-scanned'
  CHECK (what IN ('release-not-scanned', 'release-over-threshold', 'send-back'));
ALTER TABLE approval ALTER what DROP DEFAULT;

-- Files of a draft may be declared after it; nothing else moves what the threshold is asked about.
GRANT UPDATE (approval_for) ON transfer TO safehand_server;

CREATE FUNCTION guard_transfer_size() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = public, pg_temp AS $$
BEGIN
  IF NEW.records IS DISTINCT FROM OLD.records
     OR OLD.state <> 'draft' AND NEW.approval_for IS DISTINCT FROM OLD.approval_for THEN
    RAISE EXCEPTION 'what a transfer holds is said at its draft';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER transfer_size BEFORE UPDATE ON transfer FOR EACH ROW EXECUTE FUNCTION guard_transfer_size();
ALTER TABLE transfer ENABLE ALWAYS TRIGGER transfer_size;

-- An approver's word that this note may go: by somebody else than the sender, and for what was not scanned said as such.
CREATE FUNCTION is_approved(asked transfer, unscanned boolean) RETURNS boolean LANGUAGE sql STABLE
  SET search_path = public, pg_temp AS $$
  SELECT EXISTS (SELECT FROM approval a WHERE a.transfer = asked.id AND a.note_hash = asked.note_hash
    AND a.account <> asked.sender
    AND (a.what = 'release-not-scanned' OR a.what = 'release-over-threshold' AND NOT unscanned))
$$;

CREATE OR REPLACE FUNCTION may_be_released(asked transfer) RETURNS boolean LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT asked.note_hash IS NOT NULL
    AND EXISTS (SELECT FROM transfer_file f WHERE f.transfer = asked.id)
    AND EXISTS (SELECT FROM scan_certificate c WHERE c.transfer = asked.id)
    AND NOT EXISTS (SELECT FROM transfer_file f WHERE f.transfer = asked.id AND NOT EXISTS (
      SELECT FROM verdict v WHERE v.transfer = f.transfer AND v.file = f.file AND v.body_digest = f.body_digest AND (
        v.verdict = 'clean'
        OR v.verdict = 'unscannable' AND v.finding ~ '^(Heuristics|Limits|Safehand\.Unscannable)\.'
          AND is_approved(asked, true))))
    AND (asked.approval_for IS NULL OR is_approved(asked, false))
    AND NOT EXISTS (SELECT FROM scan_certificate c WHERE c.transfer = asked.id AND NOT EXISTS
      (SELECT FROM scan_key_destroyed d WHERE d.fingerprint = c.fingerprint))
$$;
