-- Who may touch the database at all. Roles belong to the whole cluster, so they may be there already (another
-- database of the same installation); rights belong to this database. Passwords are set by scripts/migrate.ts.
DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['safehand_server', 'safehand_scanner', 'safehand_housekeeper'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) THEN
      BEGIN
        EXECUTE format('CREATE ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE', name);
      EXCEPTION WHEN duplicate_object OR unique_violation THEN
        NULL; -- another database's migration was faster
      END;
    END IF;
  END LOOP;
END
$$;

REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO safehand_server, safehand_scanner, safehand_housekeeper;

CREATE SCHEMA audit;
GRANT USAGE ON SCHEMA audit TO safehand_server, safehand_scanner, safehand_housekeeper;
