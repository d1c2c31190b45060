#!/usr/bin/env bash
# pinganctl against a real server: a small city, an old ledger twice, the feed, the counts, refusals.
source tools/pinganctl/with_server.sh
readonly ledger=tools/pinganctl/testdata/ledger.jsonl

want 2 "no verb" dance
want 2 "no flag" stats --nope
want 3 "nothing answers" stats --token=x --target=127.0.0.1:1
want 0 "411602" areas list 4116
want 0 "usage: pinganctl areas" areas list -h
"$ctl" areas list 4116 >/dev/full 2>"$state/err" && fail "output that is lost is a success"
grep -q "cannot write" "$state/err" || fail "lost output is not told"

serve disputes
served_disputes=$served
serve population

want 0 "check every call is answered ok" demo --disputes=300 --seed=5 --state="$state"
[ "$(grep -c '^check .* ok$' "$state/out")" = 5 ] || fail "want five checks that hold"

want 0 "check every call is answered ok" city --scale=1500 --seed=5 --state="$state"
[ "$(grep -c '^check .* ok$' "$state/out")" = 7 ] || fail "want seven checks that hold"

# What is there stays as it is.
want 2 "the service has disputes already" demo --disputes=5 --seed=6 --state="$state"
want 2 "the service has persons already" city --scale=1500 --seed=6 --state="$state"
want 0 '"registered":"300"' stats --state="$state" --group= --json

want 1 "200 read, 198 good, 0 known, 2 refused" import "$ledger" --dry_run --state="$state"
want 1 "200 read, 198 stored, 0 known, 2 refused" import "$ledger" --state="$state"
grep -q "^line 57: " "$state/out" || fail "the broken line is not named"
grep -q "^line 123: dispute.category: " "$state/out" || fail "the refused row is not named"
want 1 "0 stored, 198 known, 2 refused" import "$ledger" --report="$state/report.csv" --state="$state"

grep -q '^123,"ledger-7-123","dispute.category",' "$state/report.csv" || fail "no report"
grep -q '^57,"ledger-7-57","",' "$state/report.csv" || fail "a line that cannot be read is told without its row id"
want 1 "PERMISSION_DENIED PERMISSION_MISSING" import "$ledger" --role=viewer --state="$state"

want 0 "as of revision" stats --state="$state" --group=area,level
want 0 '"registered":"498"' stats --state="$state" --group= --json
want 0 '"revision":"5"' watch --from=0 --count=5 --state="$state"
[ "$(wc -l <"$state/out")" = 5 ] || fail "want five events"

# Half a year of holidays moves what runs; the calendar that the server has moves nothing.
"$ctl" call CreateDispute '{"dispute": {"area": "411602001002", "title": "x", "category": "0201",
  "source": "WALK_IN", "parties": [{"kind": "PERSON", "display_name": "x"}]}}' --state="$state" >"$state/fresh"
readonly fresh=$(grep -o 'disputes/[0-9-]*' "$state/fresh" | head -1)
echo "# version: edited" >"$state/holidays.tsv"
for day in $(seq -180 180); do
  printf '%s\tholiday\tx\n' "$(date -d "$day days" +%F)" >>"$state/holidays.tsv"
done
want 0 "cases moved by edited" calendar "$state/holidays.tsv" --state="$state"
[ "$(grep -cE "^$fresh +(statutory|management) +20[0-9-]+ +20[0-9-]+$" "$state/out")" = 2 ] ||
  fail "the case is not told with both clocks"
want 0 "open cases moved by" calendar common/calendar/data/holidays.tsv --state="$state"
grep -q '^0 of ' "$state/out" || fail "the server's own calendar moves cases"
want 2 "cannot read" calendar "$state/nope.tsv" --state="$state"

# A row id is of the importer's area: another county's is another row.
sed -n 92p "$ledger" >"$state/row"
sed -n '94s/ledger-7-94/ledger-7-92/p' "$ledger" >"$state/other_county"
sed 's/"title":"/&again /' "$state/row" >"$state/changed"
county=$("$ctl" token --role=importer --area=411602 --state="$state")
other=$("$ctl" token --role=importer --area=411603 --state="$state")
PINGAN_TOKEN=$county want 0 "1 stored, 0 known" import "$state/row" --state="$state"
PINGAN_TOKEN=$other want 0 "1 stored, 0 known" import "$state/other_county" --state="$state"
PINGAN_TOKEN=$county want 0 "0 stored, 1 known" import <(cat "$state/row") --state="$state"
PINGAN_TOKEN=$county want 0 "0 stored, 1 known" import - --state="$state" <"$state/row"
PINGAN_TOKEN=$county want 1 "row_id: REQUEST_ID_REUSED" import "$state/changed" --state="$state"
want 2 "is a folder" import "$state" --state="$state"
want 2 "no row in /dev/null" import /dev/null --state="$state"

want 0 '"total_size_at_least"' call ListDisputes '{"page_size": 1}' --state="$state" --json
want 1 "dispute.area" call CreateDispute '{"dispute": {"title": "x"}}' --state="$state"
want 1 "NOT_FOUND RESOURCE_ABSENT" call GetDispute '{"name": "disputes/411602-2001-000001"}' --state="$state"
want 1 "PERMISSION_DENIED" call ListAuditEntries '{}' --state="$state"
want 2 "no method" call Dance '{}' --state="$state"

# The server moves to another port, while another one runs at the usual one perhaps.
last=$("$ctl" stats --state="$state" | sed -n 's/^as of revision //p')
"$ctl" watch --from=$((last - 1)) --count=2 --state="$state" >"$state/watched" 2>"$state/err" &
watcher=$!
until grep -q "\"revision\":\"$last\"" "$state/watched"; do
  kill -0 "$watcher" || fail "watch ended"
  sleep 0.05
done
kill -TERM "$served_disputes" && wait "$served_disputes"
want 3 "no disputes server runs on $state" stats --state="$state"
serve disputes
"$ctl" call CreateDispute '{"dispute": {"area": "411602001002", "title": "x", "category": "0201",
  "source": "WALK_IN", "parties": [{"kind": "PERSON", "display_name": "x"}]}}' --state="$state" >/dev/null
wait "$watcher" || fail "watch does not come back"
[ "$(wc -l <"$state/watched")" = 2 ] || fail "watch gives an event twice"

PINGAN_TOKEN=$("$ctl" token --role=viewer --area=411602 --state="$state")
export PINGAN_TOKEN
want 0 "411602" stats --state="$state" --group=area
grep -q 411603 "$state/out" && fail "a county's viewer sees another county"
want 1 "PERMISSION_MISSING" call CreateDispute '{}' --state="$state"
echo "all holds"
