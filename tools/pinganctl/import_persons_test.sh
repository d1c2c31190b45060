#!/usr/bin/env bash
# pinganctl import persons against a real server: broken rows, dry run, kills on both sides, resume,
# encodings, exit codes.
source tools/pinganctl/with_server.sh

readonly rows=12000 every=100
readonly broken=$((rows / every)) good=$((rows - rows / every))
readonly list=$state/list.csv statistics=pingan.population.v1.Population.GetStatistics

count() {
  local counted
  counted=$("$ctl" call "$statistics" '{}' --json --state="$state" | sed -n 's/.*"persons":"\([0-9]*\)".*/\1/p')
  echo "${counted:-0}"
}
import() { "$ctl" import persons "$list" --state="$state" "$@"; }
# until_more_than NUMBER PID: waits for so many persons while the process lives.
until_more_than() {
  until [ "$(count)" -gt "$1" ]; do kill -0 "$2" || fail "ended before it was killed"; done
}

"$ctl" ledger persons --rows=$rows >"$state/whole.csv"
# Each hundredth row is broken in one of eight ways; what must be said of it goes to `expected`.
awk -v every=$every -v expected="$state/expected" 'BEGIN { FS = OFS = "," }
  NR > 1 && (NR - 1) % every == 0 {
    way = (NR - 1) / every % 8
    if (way == 0) { $3 = "\"?\""; field = "\"性别\"" }
    if (way == 1) { $5 = substr($5, 1, 18) "#\""; field = "\"公民身份号码\"" }
    if (way == 2) { $10 = "\"411602999999\""; field = "\"区划代码\"" }
    if (way == 3) { $12 = "\"2999-01-01\""; field = "\"入住日期\"" }
    if (way == 4) { $4 = "\"never closed"; field = "\"民族\"" }
    if (way == 5) { $11 = $11 "\""; field = "\"现住址\"" }
    if (way == 6) { $2 = ""; field = "\"姓名\"" }
    if (way == 7) { $15 = "\"1380O\""; field = "\"联系电话\"" }
    print NR "," $1 "," field >expected
  } { print }' "$state/whole.csv" >"$list"

want 3 "nothing answers" import persons "$list" --token=x --target=127.0.0.1:1
serve population
want 2 "is a folder" import persons "$state" --state="$state"
want 2 "cannot read" import persons "$state/none.csv" --state="$state"
want 2 "no row" import persons /dev/null --state="$state"
want 2 "no column 星座" import persons <(printf '姓名,星座\nx,y\n') --ledger=l --state="$state"
want 1 "PERMISSION_DENIED PERMISSION_MISSING" import persons "$list" --role=viewer --state="$state"
want 2 "cannot write /dev/full" import persons "$list" --dry_run --report=/dev/full --state="$state"
want 2 "want persons or disputes" import dogs "$list" --state="$state"

want 1 "11,880 good, 0 known, 120 refused" import persons "$list" --dry_run --state="$state"
[ "$(count)" = 0 ] || fail "a dry run stores"

# The command is killed in the middle.
import >/dev/null 2>&1 &
importer=$!
until_more_than 500 "$importer"
kill -KILL "$importer" && wait "$importer" 2>/dev/null || true
[ "$(count)" -lt $((good / 2)) ] || fail "killed too late"

# Then the server, with the command at work, which goes on when it is back.
import --report="$state/report.csv" >"$state/out" 2>"$state/err" &
importer=$!
until_more_than $((good / 2)) "$importer"
address=$(sed -n 's/.*listen=\([^ ]*\).*/\1/p' "$state/population.ready")
kill -KILL "$served" && wait "$served" 2>/dev/null || true
kill -0 "$importer" || fail "the server was killed too late"
serve population --listen="$address"
code=0
wait "$importer" || code=$?
[ "$code" = 1 ] || fail "the import gave $code"
grep -q "^12,000 read, .* 120 refused" "$state/out" || fail "not every row is told"
[ "$(count)" = "$good" ] || fail "$(count) persons of $good rows"
tr -d , <"$state/out" | awk '/ read .* refused$/ { for (i = 3; i < NF; ++i) sum += $i; exit sum != $1 }' ||
  fail "a row is counted twice or not at all"

# Each broken row is named by line, row id and field, with what to do where that is known.
sed '1d; s/^\([0-9]*,"[^"]*","[^"]*"\).*/\1/' "$state/report.csv" | cmp - "$state/expected" ||
  fail "other rows are named than those that are broken"
grep -q '"区划代码","no such area","look among `pinganctl areas list 411602` (川汇区)"' "$state/report.csv" ||
  fail "no suggestion for an area"

# A row that is known is so in any encoding; a row that was stored stays as it was.
want 1 "0 stored, 11,880 known, 120 refused" import persons "$list" --state="$state"
sed '1s/^\xEF\xBB\xBF//' "$list" | iconv -f UTF-8 -t GB18030 >"$state/gb.csv"
want 1 "0 stored, 11,880 known, 120 refused" import persons "$state/gb.csv" --state="$state"
sed -n '1p; 2s/,"[^"]*","/,"另名","/p' "$list" >"$state/changed.csv"
want 1 "REQUEST_ID_REUSED" import persons "$state/changed.csv" --state="$state"
want 0 "0 stored, 1 known" import persons - --state="$state" < <(sed -n 1,2p "$list")
{
  sed -n 1,2p "$list"
  head -c 17000000 /dev/zero | tr '\0' x
  echo
  sed -n 4p "$list"
} >"$state/huge.csv"
want 1 "0 stored, 2 known, 1 refused" import persons "$state/huge.csv" --ledger=list --state="$state"
grep -q '^line 3: is longer than 65536 bytes' "$state/out" || fail "a row that is too long is not named"
[ "$(count)" = "$good" ] || fail "a row came twice"

# An id on file, by the row of the two that came second, and a mask are named with what to do.
printf '姓名,外部编号\n王伟,school:7\n张*,\n李娜,school:7\n' >"$state/ids.csv"
want 1 "1 stored, 0 known, 2 refused" import persons "$state/ids.csv" --area=411602001002 --kind=户籍人口 --state="$state"
grep -q '^line [24]: 外部编号: a file has this external id; the person is on file' "$state/out" ||
  fail "an id on file is not named"
grep -q '^line 3: 姓名: is a mask' "$state/out" || fail "a mask is not named"

# A server that does not come back.
printf '姓名\n王伟\n' >"$state/one.csv"
kill -KILL "$served" && wait "$served" 2>/dev/null || true
want 3 "nothing answers" import persons "$state/one.csv" --area=411602001002 --kind=户籍人口 --state="$state"
echo "all holds"
