-- What is true about a copy begins with a fetch: nothing is opened or acknowledged that never left the service, so that a
-- recall says `fetched` only of what the log has a fetch of, and never less (ARCHITECTURE.md#recall).

CREATE OR REPLACE FUNCTION guard_delivery() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  steps text[] := ARRAY['waiting', 'fetched', 'opened', 'acknowledged'];
BEGIN
  IF OLD.state = 'acknowledged' OR array_position(steps, NEW.state) < array_position(steps, OLD.state) THEN
    RAISE EXCEPTION 'a delivery only goes forward';
  END IF;
  IF OLD.state = 'waiting' AND NEW.state NOT IN ('waiting', 'fetched') THEN
    RAISE EXCEPTION 'a delivery is fetched first';
  END IF;
  IF OLD.collected_by IS NOT NULL
     AND (NEW.collected_by, NEW.collected_at) IS DISTINCT FROM (OLD.collected_by, OLD.collected_at) THEN
    RAISE EXCEPTION 'who collected first is said once';
  END IF;
  RETURN NEW;
END
$$;

-- A recipient's report that an officer's hold was placed over: it stands again once that hold is lifted.
ALTER TABLE hold ADD report bigint REFERENCES hold;
