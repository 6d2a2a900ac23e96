-- Who may touch the database at all. The roles are made before (roles.sql); what they may do is given table by table.

REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO safehand_server, safehand_scanner, safehand_housekeeper;

CREATE SCHEMA audit;
GRANT USAGE ON SCHEMA audit TO safehand_server, safehand_scanner, safehand_housekeeper;
