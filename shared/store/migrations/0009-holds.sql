-- Two ways on for a transfer that could not simply be scanned and released: an approver answers for what nobody could look
-- into, or the sender wraps the session key again for a scan key that was lost (DESIGN 4.5, 4.6).

ALTER TABLE transfer ADD held_at timestamptz, ADD held_reason text,
  ADD CHECK ((held_at IS NULL) = (held_reason IS NULL));

CREATE TABLE approval (
  -- One is enough, and two people cannot race.
  transfer  id PRIMARY KEY REFERENCES transfer,
  note_hash sha256 NOT NULL,
  account   id NOT NULL REFERENCES account,
  bytes     bytea NOT NULL,
  signature bytea NOT NULL,
  at        timestamptz NOT NULL
);

-- Notes that a later dispatch replaced: what was signed stays known.
CREATE TABLE earlier_note (
  hash          sha256 PRIMARY KEY,
  transfer      id NOT NULL REFERENCES transfer,
  bytes         bytea NOT NULL,
  signature     bytea NOT NULL,
  dispatched_at timestamptz NOT NULL
);
CREATE INDEX earlier_note_transfer ON earlier_note (transfer);

INSERT INTO transfer_step VALUES
  ('scanning', 'awaiting-approval', 'safehand_housekeeper'),
  ('awaiting-approval', 'released', 'safehand_housekeeper'),
  ('awaiting-approval', 'rejected', 'safehand_housekeeper'),
  ('waiting-for-sender', 'rejected', 'safehand_housekeeper');

-- Clean, or not looked into and answered for by somebody else than the sender; never another body than the one signed.
CREATE FUNCTION may_be_released(asked transfer) RETURNS boolean LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT asked.note_hash IS NOT NULL
    AND EXISTS (SELECT FROM transfer_file f WHERE f.transfer = asked.id)
    AND EXISTS (SELECT FROM scan_certificate c WHERE c.transfer = asked.id)
    AND NOT EXISTS (SELECT FROM transfer_file f WHERE f.transfer = asked.id AND NOT EXISTS (
      SELECT FROM verdict v WHERE v.transfer = f.transfer AND v.file = f.file AND v.body_digest = f.body_digest AND (
        v.verdict = 'clean'
        OR v.verdict = 'unscannable' AND v.finding ~ '^(Heuristics|Limits|Safehand\.Unscannable)\.'
          AND EXISTS (SELECT FROM approval a WHERE a.transfer = asked.id AND a.note_hash = asked.note_hash
                      AND a.account <> asked.sender))))
    AND NOT EXISTS (SELECT FROM scan_certificate c WHERE c.transfer = asked.id AND NOT EXISTS
      (SELECT FROM scan_key_destroyed d WHERE d.fingerprint = c.fingerprint))
$$;

CREATE OR REPLACE FUNCTION guard_transfer_state() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = public, pg_temp AS $$
DECLARE
  login text := session_user;
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'draft' OR num_nonnulls(NEW.dispatched_at, NEW.released_at, NEW.note_hash, NEW.note_bytes,
                                            NEW.note_signature, NEW.held_at) > 0 THEN
      RAISE EXCEPTION 'a transfer begins as a draft';
    END IF;
    RETURN NEW;
  END IF;
  IF NEW.state <> OLD.state AND NOT EXISTS (SELECT FROM transfer_step s WHERE
      s.from_state = OLD.state AND s.to_state = NEW.state AND s.writer = login) THEN
    RAISE EXCEPTION '% may not lead a transfer from % to %', login, OLD.state, NEW.state;
  END IF;
  IF (NEW.state = OLD.state OR NEW.state <> 'dispatched')
     AND (NEW.dispatched_at, NEW.note_hash, NEW.note_bytes, NEW.note_signature)
       IS DISTINCT FROM (OLD.dispatched_at, OLD.note_hash, OLD.note_bytes, OLD.note_signature) THEN
    RAISE EXCEPTION 'a note comes with a dispatch, and stays';
  END IF;
  IF NEW.state = 'dispatched' AND OLD.state <> 'dispatched'
     AND EXISTS (SELECT FROM verdict v WHERE v.transfer = NEW.id) THEN
    RAISE EXCEPTION 'what has a verdict is not dispatched again';
  END IF;
  IF (NEW.state = OLD.state OR NEW.state <> 'released') AND NEW.released_at IS DISTINCT FROM OLD.released_at THEN
    RAISE EXCEPTION 'a transfer is released once';
  END IF;
  IF NEW.expires_at <> OLD.expires_at AND (OLD.held_at IS NULL OR NEW.held_at IS NOT NULL) THEN
    RAISE EXCEPTION 'only the end of a hold moves an expiry';
  END IF;
  IF NEW.state = 'released' AND OLD.state <> 'released' AND NOT may_be_released(NEW) THEN
    RAISE EXCEPTION 'a transfer is released only clean and sealed';
  END IF;
  RETURN NEW;
END
$$;

CREATE TRIGGER approval_of_held BEFORE INSERT ON approval
  FOR EACH ROW EXECUTE FUNCTION guard_transfer_parts('awaiting-approval');
ALTER TABLE approval ENABLE ALWAYS TRIGGER approval_of_held;

GRANT SELECT, INSERT ON approval, earlier_note TO safehand_server;
GRANT SELECT ON approval TO safehand_scanner, safehand_housekeeper;
GRANT UPDATE (held_at, held_reason, expires_at) ON transfer TO safehand_housekeeper;
