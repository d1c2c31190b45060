#!/usr/bin/env bash
# What pinganctl refuses before it asks a server: the field, and exit code 2; which server it asks; and
# how it imports areas, with stand-ins for npm and node.
source tools/pinganctl/with_server.sh
readonly ctl_path=$PWD/$ctl areas=$PWD/common/area/data/zhoukou.tsv

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
