#!/bin/sh
# Every test: on the embedded PostgreSQL, then what concerns the database once more on a server of its own
# (Debian's PostgreSQL, where it is installed). Called by "make test".
set -eu
python="${VENV:-.venv}/bin/python"

"$python" -m pytest -q -n "${WORKERS:-2}" --dist loadfile

server=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1 || true)
if [ "${KIBAN_TEST_BARE:-}" = 1 ]; then server=''; fi
if [ -z "$server" ]; then
  if [ "${KIBAN_TEST_ALL:-}" = 1 ] && [ "${KIBAN_TEST_BARE:-}" != 1 ]; then echo 'no PostgreSQL server is installed to test DATABASE_URL against'; exit 1; fi
  echo 'SKIPPED: tests against a PostgreSQL server of your own (none installed under /usr/lib/postgresql)'
  exit 0
fi

folder=$(mktemp -d)
as=''
if [ "$(id -u)" = 0 ]; then
  as='setpriv --reuid=postgres --regid=postgres --clear-groups'
  chown postgres "$folder"
fi
stop() { $as "$server/pg_ctl" -D "$folder/pg" -m immediate stop >/dev/null 2>&1 || true; rm -rf "$folder"; }
trap stop EXIT INT TERM
cd "$folder"
echo of-this-test-only > "$folder/password"
if [ -n "$as" ]; then chown postgres "$folder/password"; fi
$as "$server/initdb" -D "$folder/pg" --auth-local=scram-sha-256 --auth-host=scram-sha-256 --pwfile="$folder/password" \
  -U admin -E UTF8 >/dev/null
$as "$server/pg_ctl" -w -D "$folder/pg" -l "$folder/pg/log" -o "-c listen_addresses= -c unix_socket_directories=$folder" start >/dev/null
cd - >/dev/null
echo "Once more on $("$server/postgres" --version) through DATABASE_URL"
socket=$(printf %s "$folder" | sed 's|/|%2F|g')
DATABASE_URL="postgresql://admin:of-this-test-only@$socket/kiban" KIBAN_TEST_DATA="$folder/data" PYTHONDONTWRITEBYTECODE=1 \
  "$python" -m pytest -q -n "${WORKERS:-2}" --dist loadfile -m database
