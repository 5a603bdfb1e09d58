#!/bin/sh
# PROGRAM ARGUMENTS...: runs it with --seed $SAFE_SEED behind, if that is set.
exec "$@" ${SAFE_SEED:+--seed "$SAFE_SEED"}
