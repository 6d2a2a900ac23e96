-- The database's roles, made by an administrator before the migrations (safe to run again). They belong to the whole
-- cluster, so another database may have made them; rights belong to each database, and the migrations give them.
--   safehand_owner        owns everything, cannot log in
--   safehand_migrations   logs in to migrate, and for the operator's scripts; acts as the owner
--   the other three       one for each process
DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['safehand_owner', 'safehand_migrations',
                              'safehand_server', 'safehand_scanner', 'safehand_housekeeper'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) THEN
      EXECUTE format('CREATE ROLE %I %s NOSUPERUSER NOCREATEDB NOCREATEROLE', name,
                     CASE name WHEN 'safehand_owner' THEN 'NOLOGIN' ELSE 'LOGIN' END);
    END IF;
  END LOOP;
  IF NOT pg_has_role('safehand_migrations', 'safehand_owner', 'MEMBER') THEN
    GRANT safehand_owner TO safehand_migrations;
  END IF;
  -- The owner of the database owns the schema public (pg_database_owner), and nobody else may create in either.
  EXECUTE format('ALTER DATABASE %I OWNER TO safehand_owner', current_database());
  EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO safehand_server, safehand_scanner, safehand_housekeeper',
                 current_database());
END
$$;
