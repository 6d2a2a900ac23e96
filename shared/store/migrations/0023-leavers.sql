-- Who is left out of a roster has left: their account ends in the transaction that registers the roster without them, and
-- never begins again (ARCHITECTURE.md#leaving).

-- Whoever had left before: they stood in a roster and do not stand in the newest, and not because their key had ended.
UPDATE account SET deactivated_at = clock_timestamp()
WHERE deactivated_at IS NULL
  AND EXISTS (SELECT FROM roster_person p WHERE p.account = account.id)
  AND NOT EXISTS (SELECT FROM roster_person p JOIN roster r ON r.hash = p.roster WHERE p.account = account.id
    AND r.sequence = (SELECT max(n.sequence) FROM roster n WHERE n.organisation = account.organisation))
  AND NOT EXISTS (SELECT FROM current_certificate c WHERE c.account = account.id
    AND coalesce(c.revoked_at, c.expires_at) <= clock_timestamp());
UPDATE token SET revoked_at = clock_timestamp()
WHERE revoked_at IS NULL AND account IN (SELECT id FROM account WHERE deactivated_at IS NOT NULL);
DELETE FROM pkesk WHERE account IN (SELECT id FROM account WHERE deactivated_at IS NOT NULL);
UPDATE webhook SET removed_at = clock_timestamp()
WHERE removed_at IS NULL AND created_by IN (SELECT id FROM account WHERE deactivated_at IS NOT NULL);

CREATE FUNCTION guard_ended_account() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF OLD.deactivated_at IS NOT NULL AND NEW.deactivated_at IS DISTINCT FROM OLD.deactivated_at THEN
    RAISE EXCEPTION 'an account ends once, and does not begin again';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER account_ended BEFORE UPDATE OF deactivated_at ON account
  FOR EACH ROW EXECUTE FUNCTION guard_ended_account();
ALTER TABLE account ENABLE ALWAYS TRIGGER account_ended;

CREATE FUNCTION guard_listed_account() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM account a WHERE a.id = NEW.account AND a.deactivated_at IS NOT NULL) THEN
    RAISE EXCEPTION 'a roster lists nobody whose account has ended';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER roster_person_listed BEFORE INSERT ON roster_person FOR EACH ROW EXECUTE FUNCTION guard_listed_account();
ALTER TABLE roster_person ENABLE ALWAYS TRIGGER roster_person_listed;
