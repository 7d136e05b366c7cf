# run.sh TARGET CORPUS RUNS [-dict=FILE]: mutates a copy of a corpus RUNS times,
# from a fixed seed, so that a run can be repeated. To look further, call the
# target by hand: it takes a seed of its own then.
# An input that breaks a law is left in the current folder as crash-<hash>.
set -eu
target=$1 corpus=$2 runs=$3
shift 3
seeds=$(mktemp -d)
trap 'rm -rf "$seeds"' EXIT
cp -r "$corpus"/. "$seeds"/
"$target" -runs="$runs" -max_len=4096 -timeout=25 -rss_limit_mb=2048 \
  -seed=1 -verbosity=0 -print_final_stats=1 "$@" "$seeds"
