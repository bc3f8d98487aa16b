-- The indexes that the proxy's own documentation asks for. With the second one a look for new rows reads only those
-- rows; without it each look reads the whole table. CONCURRENTLY takes longer and does not stop the proxy from writing.
--
-- Run it as the owner of the table, outside of a transaction, with the table's own name if that is not "requests":
--   psql "$DATABASE_URL" -f indexes.sql

CREATE INDEX CONCURRENTLY IF NOT EXISTS idx_requests_domain_timestamp ON requests (domain, timestamp DESC);
CREATE INDEX CONCURRENTLY IF NOT EXISTS idx_requests_timestamp ON requests (timestamp DESC);
