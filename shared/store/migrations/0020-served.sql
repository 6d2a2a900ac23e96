-- Which octets of a body went out to whom (ARCHITECTURE.md#collect): nobody has opened, or received without a signature, what
-- was not given to them to its last octet. It goes when the transfer is destroyed.

CREATE TABLE served (
  transfer id NOT NULL,
  file     text NOT NULL,
  account  id NOT NULL REFERENCES account,
  octets   int8multirange NOT NULL,
  PRIMARY KEY (transfer, account, file),
  FOREIGN KEY (transfer, file) REFERENCES transfer_file
);

GRANT SELECT, INSERT ON served TO safehand_server;
GRANT UPDATE (octets) ON served TO safehand_server;
GRANT SELECT (transfer), DELETE ON served TO safehand_housekeeper;
