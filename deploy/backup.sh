#!/bin/sh
# A checkpoint of a ledger, and a backup that holds it: backup.sh LEDGER FOLDER [DAYS]
# Backups older than DAYS go; checkpoints stay, for an old one still proves something. Both are copied to ONRECORD_ELSEWHERE, if that is set.
set -eu
umask 077
ledger=$1 folder=$2 days=${3:-14}
name=onrecord-$(date -u +%Y%m%dT%H%M%SZ)

# The checkpoint first: what is written meanwhile is in the backup, and not the other way round
onrecord checkpoint "$folder/$name.json" --ledger "$ledger"
case $ledger in
*://*)
    made=$folder/$name.dump
    trap 'rm -f "$folder/$name.part"' EXIT
    pg_dump --format=custom --file="$folder/$name.part" --dbname="$ledger"
    sync "$folder/$name.part"
    mv "$folder/$name.part" "$made"
    ;;
*)
    made=$folder/$name.db
    onrecord backup "$made" --ledger "$ledger"
    ;;
esac
if [ -n "${ONRECORD_ELSEWHERE:-}" ]; then
    cp "$folder/$name.json" "$made" "$ONRECORD_ELSEWHERE/"
fi
find "$folder" -maxdepth 1 -type f \( -name 'onrecord-*.db' -o -name 'onrecord-*.dump' \) -mtime "+$days" -delete
echo "$made"
