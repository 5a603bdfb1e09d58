#!/bin/sh
# Writes capi/abi/*.lock and exports.txt anew from the headers. Review the difference before you commit it.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
for python in "${SAFE_MODEL_PYTHON:-python3}" /usr/bin/python3; do
    if "$python" -c 'import clang.cindex' 2>/dev/null; then
        exec "$python" "$here/model.py" --update-locks
    fi
done
echo "update_locks: no Python with libclang (package python3-clang-14)" >&2
exit 1
