#!/usr/bin/env bash
# What pinganctl refuses before it asks a server: the field, and exit code 2; which server it asks; and
# how it imports areas, with stand-ins for npm and node.
source tools/pinganctl/with_server.sh
readonly ctl_path=$PWD/$ctl areas=$PWD/common/area/data/zhoukou.tsv

want 2 '--role: no role "nonsense"; want one of ' token --role=nonsense --state="$state"
want 2 "--party: want the party's name" token --role=party --state="$state"
want 2 "--party: only the role party" token --party=disputes/411602-2026-000001/parties/1 --state="$state"
want 2 '--purpose: no purpose "foo"; want one of ' token --purpose=mediation,foo --state="$state"
want 2 "--purpose: mediation comes twice" token --purpose=mediation,mediation --state="$state"
for hours in -1 0 8761; do
  want 2 "--hours: want 1 to 8760" token --hours="$hours" --state="$state"
done
want 2 "--policy: " token --policy="$state/none.json" --state="$state"
[ ! -e "$state/keys" ] || fail "a token that is refused makes a key"
echo '{"permissions": ["a.b"], "purposes": [], "roles": {"nonsense": ["a.b"]}}' >"$state/policy.json"
want 0 "." token --role=nonsense --policy="$state/policy.json" --state="$state"
want 0 "." token --role=party --party=disputes/411602-2026-000001/parties/1 --state="$state"

for rows in -1 0; do want 2 "--rows: want at least 1" ledger --rows="$rows"; done
want 2 "--count: want at least 0" watch --count=-1 --state="$state"
want 2 "--from: want at least -1" watch --from=-2 --state="$state"
want 2 "--scale: want 100 to 10000000" city --scale=99 --state="$state"
want 2 "--ledger: want 0 to 100" demo --ledger=101 --state="$state"
for verb in "areas list" ledger demo city; do
  # shellcheck disable=SC2086  # a verb and its word
  want 2 "--areas: cannot read" $verb --areas="$state/none.tsv"
done
printf 'display_name,area,kind\n' >"$state/list.csv"
echo nonsense >"$state/other.tsv"
for verb in stats "import persons $state/list.csv"; do
  for file in none.tsv other.tsv; do
    # shellcheck disable=SC2086
    want 2 "--areas: " $verb --areas="$state/$file" --state="$state"
  done
  # shellcheck disable=SC2086  # what they know the areas by only is not demanded where it is not said
  (cd "$state" && "$ctl_path" $verb --state=none 2>"$state/err") && fail "$verb needs no server"
  grep -q "server runs on none" "$state/err" || fail "$verb wants the default file of areas"
done

# A state without its server: another that listens at the usual port gets no token.
want 3 "no disputes server runs on $state" stats --token=x --state="$state"
want 3 "no population server runs on $state" call ListPersons '{}' --state="$state"
want 3 "no disputes server runs on $state/none" stats --token=x --state="$state/none"
echo "listen=127.0.0.1:1" >"$state/disputes.ready"
want 3 "nothing answers at 127.0.0.1:1" stats --token=x --state="$state"
want 2 "--role: no role" stats --role=nonsense --state="$state"
want 2 "--purpose: no purpose" stats --purpose=foo --state="$state"

# The importer is told its words as they stand, and its file is replaced by what can be read only.
mkdir -p "$state/bin" "$state/root/tools/importers/areas"
printf '#!/bin/sh\n[ "$*" = "ci --silent" ] && [ ! -e broken ]\n' >"$state/bin/npm"
cat >"$state/bin/node" <<END
#!/bin/sh
case \$1-\$2 in
  import.js-4116) cat "$areas" ;;
  import.js-9999) exit 2 ;;
  import.js-8888) echo nonsense ;;
  *) exit 1 ;;
esac
END
chmod +x "$state/bin/npm" "$state/bin/node"
cd "$state/root"
import() {
  local code=0
  PATH=$state/bin:$PATH "$ctl_path" areas import "$@" >"$state/out" 2>"$state/err" || code=$?
  echo "$code"
}
[ "$(import 4116 --areas="x';touch INJECTED;'.tsv")" = 0 ] || fail "areas are not imported"
[ "$(ls)" = "$(printf '%s\n' tools "x';touch INJECTED;'.tsv")" ] || fail "other files are there: $(ls)"
cmp "x';touch INJECTED;'.tsv" "$areas" || fail "other areas are imported"
echo old >kept.tsv
[ "$(import 9999 --areas=kept.tsv)" = 2 ] || fail "a city that does not exist is no error of usage"
grep -q "no such city: 9999" "$state/err" || fail "it does not say so"
[ "$(import 8888 --areas=kept.tsv)" = 1 ] || fail "what is no list of areas is taken"
[ "$(import 7777 --areas=kept.tsv)" = 3 ] || fail "an importer that fails is not told"
touch tools/importers/areas/broken
[ "$(import 4116 --areas=kept.tsv)" = 3 ] || fail "npm that fails is not told"
rm tools/importers/areas/broken
[ "$(import 4116 --areas=none/x.tsv)" = 2 ] || fail "a folder that does not exist is no error of usage"
[ "$(cat kept.tsv)" = old ] || fail "the file is replaced by what cannot be read"
rm -r tools/importers
[ "$(import 4116 --areas=kept.tsv)" = 3 ] || fail "npm that cannot be started is not told"
echo "all holds"
