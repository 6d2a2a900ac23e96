-- A team is one recipient (ARCHITECTURE.md#team): who collected first, by name, and who has taken it, so that the
-- others see it.

ALTER TABLE delivery
  ADD collected_by id REFERENCES account,
  ADD collected_at timestamptz,
  ADD taken_by     id REFERENCES account,
  ADD taken_at     timestamptz,
  ADD CHECK ((collected_by IS NULL) = (collected_at IS NULL)),
  ADD CHECK ((taken_by IS NULL) = (taken_at IS NULL)),
  ADD CHECK (taken_by IS NULL OR team IS NOT NULL);

GRANT UPDATE (collected_by, collected_at, taken_by, taken_at) ON delivery TO safehand_server;
GRANT SELECT (collected_by, collected_at, taken_by, taken_at) ON delivery TO safehand_scanner, safehand_housekeeper;

CREATE OR REPLACE FUNCTION guard_delivery() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  steps text[] := ARRAY['waiting', 'fetched', 'opened', 'acknowledged'];
BEGIN
  IF OLD.state = 'acknowledged' OR array_position(steps, NEW.state) < array_position(steps, OLD.state) THEN
    RAISE EXCEPTION 'a delivery only goes forward';
  END IF;
  IF OLD.collected_by IS NOT NULL
     AND (NEW.collected_by, NEW.collected_at) IS DISTINCT FROM (OLD.collected_by, OLD.collected_at) THEN
    RAISE EXCEPTION 'who collected first is said once';
  END IF;
  RETURN NEW;
END
$$;
