#!/bin/sh
# onrecord, with the password of the database out of a file: not on a command line, and not among the settings of the container.
set -eu
if [ -n "${ONRECORD_PASSWORD_FILE:-}" ]; then
    PGPASSWORD=$(cat "$ONRECORD_PASSWORD_FILE")
    export PGPASSWORD
fi
case ${1:-} in
*.sh) exec "/opt/onrecord/deploy/$@" ;;
*) exec onrecord "$@" ;;
esac
