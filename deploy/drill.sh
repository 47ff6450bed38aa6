#!/bin/sh
# Tries out the newest backup: drill.sh LEDGER FOLDER [CHECKPOINTS]
# CHECKPOINTS is where checkpoints are kept elsewhere; those beside the backups without it.
set -eu
ledger=$1 folder=$2 checkpoints=${3:-$2}
newest=$(find "$folder" -maxdepth 1 -type f \( -name 'onrecord-*.db' -o -name 'onrecord-*.dump' \) | sort | tail -n 1)
if [ -z "$newest" ]; then
    echo "drill.sh: $folder: holds no backup" >&2
    exit 3
fi
name=$(basename "${newest%.*}")
exec onrecord drill "$newest" --checkpoint "$checkpoints/$name.json" --ledger "$ledger"
