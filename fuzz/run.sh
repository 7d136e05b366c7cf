# run.sh TARGET CORPUS RUNS [-dict=FILE]: mutates a copy of a corpus RUNS times.
# An input that breaks a law is left in the current folder as crash-<hash>.
set -eu
target=$1 corpus=$2 runs=$3
shift 3
seeds=$(mktemp -d)
trap 'rm -rf "$seeds"' EXIT
cp -r "$corpus"/. "$seeds"/
"$target" -runs="$runs" -max_len=4096 -timeout=25 -rss_limit_mb=2048 \
  -verbosity=0 -print_final_stats=1 "$@" "$seeds"
