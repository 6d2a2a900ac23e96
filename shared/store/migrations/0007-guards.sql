-- What nobody may change any more once a transfer has gone on, whatever code runs in a process: the note and its times
-- belong to a step, a body has one digest, readers come with a dispatch, an acknowledgement is final.

CREATE OR REPLACE FUNCTION guard_transfer_state() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = public, pg_temp AS $$
DECLARE
  login text := session_user;
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'draft' OR num_nonnulls(NEW.dispatched_at, NEW.released_at, NEW.note_hash, NEW.note_bytes,
                                            NEW.note_signature) > 0 THEN
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
  IF (NEW.state = OLD.state OR NEW.state <> 'released') AND NEW.released_at IS DISTINCT FROM OLD.released_at THEN
    RAISE EXCEPTION 'a transfer is released once';
  END IF;
  IF NEW.state = 'released' AND OLD.state <> 'released' AND (
    NEW.note_hash IS NULL
    OR NOT EXISTS (SELECT FROM transfer_file f WHERE f.transfer = NEW.id)
    OR NOT EXISTS (SELECT FROM scan_certificate c WHERE c.transfer = NEW.id)
    OR EXISTS (SELECT FROM transfer_file f WHERE f.transfer = NEW.id AND NOT EXISTS
      (SELECT FROM verdict v WHERE v.transfer = f.transfer AND v.file = f.file AND v.verdict = 'clean'
         AND v.body_digest = f.body_digest))
    OR EXISTS (SELECT FROM scan_certificate c WHERE c.transfer = NEW.id AND NOT EXISTS
      (SELECT FROM scan_key_destroyed d WHERE d.fingerprint = c.fingerprint))
  ) THEN
    RAISE EXCEPTION 'a transfer is released only clean and sealed';
  END IF;
  RETURN NEW;
END
$$;

-- Files and recipients are a draft's; wrapped keys come with a dispatch (DESIGN 4).
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
CREATE TRIGGER delivery_of_draft BEFORE INSERT ON delivery
  FOR EACH ROW EXECUTE FUNCTION guard_transfer_parts('draft');
CREATE TRIGGER pkesk_of_dispatch BEFORE INSERT ON pkesk
  FOR EACH ROW EXECUTE FUNCTION guard_transfer_parts('dispatched');

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
