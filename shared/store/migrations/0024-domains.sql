-- The domains of an organisation's addresses, registered by the operator: it invites within them alone, so that nobody can
-- occupy an address of somebody else. A domain is one organisation's.
CREATE TABLE organisation_domain (
  domain        text PRIMARY KEY CHECK (domain = lower(domain) AND domain ~ '^[a-z0-9.-]+$'),
  organisation  id NOT NULL REFERENCES organisation,
  registered_at timestamptz NOT NULL
);
CREATE INDEX organisation_domain_organisation ON organisation_domain (organisation);
GRANT SELECT ON organisation_domain TO safehand_server;

-- Whoever was here first keeps their domain.
INSERT INTO organisation_domain (domain, organisation, registered_at)
  SELECT DISTINCT ON (domain) domain, organisation, created_at
  FROM (SELECT lower(split_part(i.email, '@', 2)) AS domain, i.organisation, o.created_at
        FROM invitation i JOIN organisation o ON o.id = i.organisation WHERE i.first_administrator
        UNION ALL
        SELECT lower(split_part(a.email, '@', 2)), a.organisation, o.created_at
        FROM account a JOIN organisation o ON o.id = a.organisation) AS known
  WHERE domain ~ '^[a-z0-9.-]+$'
  ORDER BY domain, created_at, organisation;
