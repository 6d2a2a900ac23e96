-- What nobody may change, whatever code runs in a process: which process leads a transfer to which state, a note and its
-- times that belong to a step, one digest per body, readers that come with a dispatch, acknowledgements that are final.
-- A stolen scanner cannot release, a stolen server cannot say that something was scanned.

-- From which state which role may lead to which (domain/transfers/states.ts; a test compares the two).
CREATE TABLE transfer_step (
  from_state text NOT NULL,
  to_state   text NOT NULL,
  writer     text NOT NULL,
  PRIMARY KEY (from_state, to_state, writer)
);
INSERT INTO transfer_step VALUES
  ('draft', 'uploading', 'safehand_server'),
  ('uploading', 'dispatched', 'safehand_server'),
  ('waiting-for-sender', 'dispatched', 'safehand_server'),
  ('dispatched', 'scanning', 'safehand_scanner'),
  ('dispatched', 'waiting-for-sender', 'safehand_scanner'),
  ('scanning', 'waiting-for-sender', 'safehand_scanner'),
  ('scanning', 'released', 'safehand_housekeeper'),
  ('scanning', 'rejected', 'safehand_housekeeper'),
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

CREATE FUNCTION guard_transfer_state() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
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
CREATE TRIGGER transfer_state BEFORE INSERT OR UPDATE ON transfer
  FOR EACH ROW EXECUTE FUNCTION guard_transfer_state();
ALTER TABLE transfer ENABLE ALWAYS TRIGGER transfer_state;

-- Files are a draft's, an approval is of what is held (ARCHITECTURE.md#states).
CREATE FUNCTION guard_transfer_parts() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM transfer t WHERE t.id = NEW.transfer AND t.state = TG_ARGV[0]) THEN
    RAISE EXCEPTION '% is added only to a transfer that is %', TG_TABLE_NAME, TG_ARGV[0];
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER transfer_file_of_draft BEFORE INSERT ON transfer_file
  FOR EACH ROW EXECUTE FUNCTION guard_transfer_parts('draft');

-- Recipients are a draft's and wrapped keys a dispatch's, but for those whom a signed addendum to the note adds
-- (ARCHITECTURE.md#add-a-recipient).
CREATE FUNCTION guard_addendum() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM transfer t WHERE t.id = NEW.transfer AND t.state = 'released'
                 AND t.note_hash = NEW.note_hash) THEN
    RAISE EXCEPTION 'an addendum is added only to the note of a transfer that is released';
  END IF;
  IF NEW.hash <> encode(sha256(NEW.bytes), 'hex') THEN RAISE EXCEPTION 'an addendum has the hash of its bytes'; END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER addendum_of_released BEFORE INSERT ON addendum
  FOR EACH ROW EXECUTE FUNCTION guard_addendum();
ALTER TABLE addendum ENABLE ALWAYS TRIGGER addendum_of_released;

CREATE FUNCTION guard_pkesk() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM transfer t WHERE t.id = NEW.transfer AND t.state = 'dispatched') THEN RETURN NEW; END IF;
  IF NOT EXISTS (SELECT FROM addendum a JOIN transfer t ON t.id = a.transfer AND t.note_hash = a.note_hash
                 WHERE a.transfer = NEW.transfer AND t.state = 'released' AND a.account = NEW.account
                   AND a.encryption_subkey = NEW.encryption_subkey
                   AND position(encode(sha256(NEW.bytes), 'hex') IN convert_from(a.bytes, 'UTF8')) > 0) THEN
    RAISE EXCEPTION 'pkesk is added only to a transfer that is dispatched, or with an addendum that names it';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER pkesk_of_dispatch BEFORE INSERT ON pkesk FOR EACH ROW EXECUTE FUNCTION guard_pkesk();

CREATE FUNCTION guard_new_delivery() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM transfer t WHERE t.id = NEW.transfer AND t.state = 'draft') THEN RETURN NEW; END IF;
  IF NEW.state <> 'waiting' OR NOT EXISTS (SELECT FROM addendum a WHERE a.transfer = NEW.transfer
                                           AND a.account = NEW.account) THEN
    RAISE EXCEPTION 'delivery is added only to a transfer that is draft, or with an addendum';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER delivery_of_draft BEFORE INSERT ON delivery FOR EACH ROW EXECUTE FUNCTION guard_new_delivery();

CREATE FUNCTION guard_body_digest() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF OLD.body_digest IS NOT NULL THEN RAISE EXCEPTION 'a body has one digest'; END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER transfer_file_digest BEFORE UPDATE OF body_digest ON transfer_file
  FOR EACH ROW EXECUTE FUNCTION guard_body_digest();

CREATE FUNCTION guard_delivery() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  steps text[] := ARRAY['waiting', 'fetched', 'opened', 'acknowledged'];
BEGIN
  IF OLD.state = 'acknowledged' OR array_position(steps, NEW.state) < array_position(steps, OLD.state) THEN
    RAISE EXCEPTION 'a delivery only goes forward';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER delivery_forward BEFORE UPDATE ON delivery FOR EACH ROW EXECUTE FUNCTION guard_delivery();

ALTER TABLE transfer_file ENABLE ALWAYS TRIGGER transfer_file_of_draft;
ALTER TABLE transfer_file ENABLE ALWAYS TRIGGER transfer_file_digest;
ALTER TABLE delivery ENABLE ALWAYS TRIGGER delivery_of_draft;
ALTER TABLE delivery ENABLE ALWAYS TRIGGER delivery_forward;
ALTER TABLE pkesk ENABLE ALWAYS TRIGGER pkesk_of_dispatch;

CREATE TRIGGER approval_of_held BEFORE INSERT ON approval
  FOR EACH ROW EXECUTE FUNCTION guard_transfer_parts('awaiting-approval');
ALTER TABLE approval ENABLE ALWAYS TRIGGER approval_of_held;
