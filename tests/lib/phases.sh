# shellcheck shell=bash
# The phases of `./bootstrap test`. Sourced by bootstrap, whose install, build and ensure_engine it uses.
# A phase is a function phase_NAME that runs with -e; what it prints is counted by count_results.

PHASES="lint unit spec standin hostile e2e asan debian13"
# Those that take long: they run when they are named, or with --long.
LONG_PHASES="fuzz"
FUZZ_SECONDS=${FUZZ_SECONDS:-120} # for each target
TOTAL_PASSED=0
TOTAL_FAILED=0
FAILED_PHASES=""

# limit SECONDS CMD…: no part of the tests waits longer than it says.
limit() {
  local seconds=$1
  shift
  timeout --kill-after=30 "$seconds" "$@"
}

# is_word NAME LIST
is_word() { case " $2 " in *" $1 "*) return 0 ;; *) return 1 ;; esac; }

# chosen_phases [--long] [NAME…]: the phases to run, one a line. Without names all of PHASES; --long
# adds LONG_PHASES.
chosen_phases() {
  local word long="" names=""
  for word in "$@"; do
    if [ "$word" = --long ]; then long=$LONG_PHASES
    elif is_word "$word" "$PHASES $LONG_PHASES"; then names="$names $word"
    else die "no such phase: $word (phases: $PHASES; with --long: $LONG_PHASES)"; fi
  done
  printf '%s\n' "${names:-$PHASES} $long" | xargs -n 1 | awk '!seen[$0]++'
}

# has_long_phase NAME…
has_long_phase() {
  local name
  for name in "$@"; do
    ! is_word "$name" "$LONG_PHASES" || return 0
  done
  return 1
}

# check NAME CMD…: one named check of the lint phase; every check runs, whatever the one before found.
check() {
  local name=$1
  shift
  if "$@"; then echo "check passed: $name"; else echo "check failed: $name"; fi
}

# --- what a phase runs ------------------------------------------------------------------------

# unit_tests BUILD_DIR: what CTest knows.
unit_tests() {
  limit 900 ctest --test-dir "$1" --output-on-failure --no-tests=error --timeout 120
}

# specs BUILD_DIR FOLDER: busted inside the os2 of that build.
specs() {
  OS2=$OS2_ROOT/$1/os2 limit 1800 "$1/os2" --isolated tests/run.lua "$2"
}

shell_files() { git ls-files -co --exclude-standard | xargs grep -lE '^#!.*(bash|sh)$|^# shellcheck shell'; }

c_files() { git ls-files -co --exclude-standard 'host/*.c'; }

lint_shell() { shell_files | limit 120 xargs shellcheck; }

lint_lua() { limit 120 luacheck -q lua scripts tests tools; }

lint_c_format() {
  git ls-files -co --exclude-standard '*.c' '*.h' | limit 120 xargs clang-format --dry-run --Werror
}

lint_c_tidy() { c_files | limit 900 xargs -P 2 -n 4 clang-tidy -p build --quiet; }

lint_c_check() {
  limit 300 cppcheck --quiet --std=c11 --enable=warning,performance,portability --inline-suppr \
    --suppress=missingIncludeSystem --error-exitcode=1 -j 2 -Ihost host
}

# Markdown has lines of at most 100 columns, as the code has.
lint_markdown() {
  ! git ls-files -co --exclude-standard '*.md' | LC_ALL=C.UTF-8 xargs grep -nE '^.{101,}'
}

phase_lint() {
  check shellcheck lint_shell
  check luacheck lint_lua
  check clang-format lint_c_format
  check clang-tidy lint_c_tidy
  check cppcheck lint_c_check
  check markdown lint_markdown
}

phase_unit() { unit_tests build; }

phase_spec() { specs build tests/spec; }

phase_standin() {
  cd tests/daytona
  limit 300 node --test --test-reporter=tap
}

# Servers that answer wrongly, and memory that runs out. With --long all is tried everywhere.
phase_hostile() { specs build tests/hostile; }

phase_e2e() { specs build tests/e2e; }

# Everything once more under the sanitizers; a failure of one part does not hide the next one's.
phase_asan() {
  local status=0
  # Otherwise LeakSanitizer itself crashes on thread-local storage of libraries loaded at run time.
  export ASAN_OPTIONS=intercept_tls_get_addr=0
  build asan
  unit_tests build/asan || status=1
  specs build/asan tests/spec || status=1
  specs build/asan tests/e2e || status=1
  return $status
}

# shellcheck disable=SC2086 # a list of words
phase_debian13() { limit 1800 tests/base/debian13 $BUILD_PACKAGES libcmocka-dev; }

# fuzz_target PROGRAM: libFuzzer on one target, from its seeds. The input of what it finds stands in its
# output, as base64: a seed to be.
fuzz_target() {
  local name found
  name=$(basename "$1" _fuzz)
  found=$TEST_DIR/fuzz/$name
  mkdir -p "$found"
  limit $((FUZZ_SECONDS + 60)) "$1" -max_total_time="$FUZZ_SECONDS" -timeout=10 -rss_limit_mb=2048 \
    -print_final_stats=1 -artifact_prefix="$found-" "$found" "tests/fuzz/seeds/$name" >"$found.log" 2>&1 ||
    { tail -n 80 "$found.log" && return 1; }
  grep -E 'units_executed|number_of_executed_units|new_units_added' "$found.log"
}

# Two targets at a time.
phase_fuzz() {
  build fuzz
  export -f fuzz_target limit check
  export TEST_DIR FUZZ_SECONDS
  # shellcheck disable=SC2016 # the inner shell expands it
  find build/fuzz/tests/fuzz -name '*_fuzz' -type f | sort |
    xargs -P 2 -I{} bash -c 'check "fuzz $(basename {} _fuzz)" fuzz_target {}'
}

# --- counting ---------------------------------------------------------------------------------

# count_results LOG: "PASSED FAILED", summed over what CTest, busted, node --test and check printed.
# Of busted the failures are counted one by one: its sum leaves out what a test left behind.
count_results() {
  sed 's/\x1b\[[0-9;]*m//g' "$1" | awk '
    /tests passed, [0-9]+ tests? failed out of/ {
      for (i = 1; i < NF; i++) { if ($i == "passed,") f = $(i + 1); if ($i == "of") t = $(i + 1) }
      passed += t - f; failed += f
    }
    /^[0-9]+ success(es)? \/ [0-9]+ failures? \/ [0-9]+ errors?/ { passed += $1 }
    /^(Failure|Error) -> / { failed++ }
    /^# pass [0-9]+/ { passed += $3 }
    /^# fail [0-9]+/ { failed += $3 }
    /^check passed: / { passed++ }
    /^check failed: / { failed++ }
    END { print passed + 0, failed + 0 }'
}

# settle STATUS PASSED FAILED: the failures, one more where a phase broke off or ran nothing at all.
settle() {
  if [ "$1" != 0 ] && [ "$3" = 0 ]; then echo 1; elif [ "$2$3" = 00 ]; then echo 1; else echo "$3"; fi
}

# run_phase NAME: prints its output, its time and its counts; adds them to the totals.
run_phase() {
  local name=$1 log=$TEST_DIR/$1.log began=$SECONDS status passed failed
  say "== $name"
  # In a condition bash would ignore -e inside the phase as well.
  set +e
  (set -e && "phase_$name") 2>&1 | tee "$log"
  status=${PIPESTATUS[0]}
  set -e
  read -r passed failed < <(count_results "$log")
  failed=$(settle "$status" "$passed" "$failed")
  say "== $name: $passed passed, $failed failed, $((SECONDS - began)) s"
  TOTAL_PASSED=$((TOTAL_PASSED + passed))
  TOTAL_FAILED=$((TOTAL_FAILED + failed))
  [ "$failed" = 0 ] || FAILED_PHASES="$FAILED_PHASES $name"
}

# --- around the phases ------------------------------------------------------------------------

# install_node DIR: what its lock file says; nothing to do while that file is older.
install_node() {
  local dir=$1
  [ "$dir/node_modules/.package-lock.json" -nt "$dir/package-lock.json" ] && return 0
  (cd "$dir" && retry 3 limit 300 npm ci --no-audit --no-fund >&2)
}

# stop_servers: also those whose spec was killed before it could; they are found by their pid files.
stop_servers() {
  local file
  find "$TEST_DIR" -name '*.pid' 2>/dev/null | while read -r file; do
    stop_background "$(dirname "$file")" "$(basename "$file" .pid)"
  done
  tests/lib/engine stop "$ENGINE_DIR"
  rm -rf "$TEST_DIR"
}

prepare() {
  TEST_DIR=$(mktemp -d "${TMPDIR:-/tmp}/os2-test.XXXXXX")
  # Tests that run os2 as another user reach their own directories through this one.
  chmod 711 "$TEST_DIR"
  trap stop_servers EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  export TMPDIR=$TEST_DIR BASE_IMAGE
  build release -DOS2_TESTS=ON -DOS2_WERROR=ON
  install_node tests/daytona
  install_node tests/contract
  ensure_engine >/dev/null
  set_from tests/lib/base
}

# run_phases NAME…: the last line is the sum.
run_phases() {
  local name began=$SECONDS
  ! has_long_phase "$@" || export OS2_LONG=1
  prepare
  say "== prepared in $((SECONDS - began)) s"
  for name in "$@"; do
    run_phase "$name"
  done
  [ -z "$FAILED_PHASES" ] || say "failed:$FAILED_PHASES"
  printf '%s passed, %s failed\n' "$TOTAL_PASSED" "$TOTAL_FAILED"
  [ "$TOTAL_FAILED" = 0 ]
}
