#!/bin/sh
# Run once by the database's image when its volume is new: the user that the desk works as, who owns nothing.
set -eu
psql --quiet --set=ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" \
    --set=password="$(cat /run/secrets/desk)" <<'SQL'
CREATE ROLE desk LOGIN PASSWORD :'password';
SQL
