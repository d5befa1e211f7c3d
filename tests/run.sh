#!/bin/sh
# run.sh PROGRAM [ARGUMENT ...]: run a test in an environment of its own, so that it says the same wherever it is
# run; ctest runs all tests so. Of the caller's variables only those get through that find programs and folders or
# steer the sanitizers. A test that needs another one sets it.
set -eu
umask 022

# env is given a shell to start, as it would take a program with a = in its path for a variable, and succeed.
# shellcheck disable=SC2016 # which expands this
set -- sh -c 'exec "$0" "$@"' "$@"
for name in HOME TMPDIR LD_LIBRARY_PATH ASAN_OPTIONS LSAN_OPTIONS TSAN_OPTIONS UBSAN_OPTIONS; do
    eval "[ -z \"\${$name+set}\" ] || set -- \"$name=\$$name\" \"\$@\""
done
exec env -i XDG_CACHE_HOME=/dev/null PATH="$PATH" LANG=C.UTF-8 TZ=UTC TERM=xterm "$@"
