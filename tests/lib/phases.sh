# shellcheck shell=bash
# The phases of `./bootstrap test`. Sourced by bootstrap, whose install, build and ensure_engine it uses.
# A phase is a function phase_NAME that runs with -e, beside other phases (tests/lib/phase_runner.sh), in a
# TMPDIR of its own. What it prints is counted by count_results.

# In the order in which they begin: the longest first, so that none of them is waited for at the end.
PHASES="asan_e2e e2e asan spec hostile lint debian13 standin unit"
# Those that take long: they run when they are named, or with --long.
LONG_PHASES="fuzz collector tsan valgrind package"
# The specs of phase tsan: those whose work is done in worker threads.
TSAN_SPECS="tests/spec/git_spec.lua tests/spec/git tests/spec/docker_spec.lua
  tests/spec/http/stream_spec.lua tests/spec/http/redirects_spec.lua tests/spec/task tests/e2e/context_spec.lua"
# Those that run what stands in BUILD_DIR: with --coverage that is a build that counts its lines.
COVERED_PHASES="unit spec hostile e2e"
FUZZ_SECONDS=${FUZZ_SECONDS:-120} # for each target
BUILD_DIR=build

# limit SECONDS CMD…: no part of the tests waits longer than it says.
limit() {
  local seconds=$1
  shift
  timeout --kill-after=30 "$seconds" "$@"
}

# is_word NAME LIST
is_word() { case " $2 " in *" $1 "*) return 0 ;; *) return 1 ;; esac; }

# chosen_phases [--long] [--coverage] [NAME…]: the phases to run, one a line. Without names all of
# PHASES, with --coverage unit and spec; --long adds LONG_PHASES.
chosen_phases() {
  local word known="$PHASES $LONG_PHASES" default=$PHASES long="" names=""
  ! has_coverage "$@" || { known=$COVERED_PHASES && default="unit spec"; }
  for word in "$@"; do
    case $word in
      --coverage) ;;
      --long) long=$LONG_PHASES ;;
      *) is_word "$word" "$known" || die "no such phase here: $word (phases: $known)" && names="$names $word" ;;
    esac
  done
  ! has_coverage "$@" || [ -z "$long" ] || die "--long and --coverage do not go together"
  printf '%s\n' "${names:-$default} $long" | xargs -n 1 | awk '!seen[$0]++'
}

# has_coverage WORD…: whether --coverage is among the words.
has_coverage() { is_word --coverage "$*"; }

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

# spec_seconds: how long the specs of a phase may take; with OS2_LONG they try all of what they sample.
spec_seconds() { if [ -n "${OS2_LONG:-}" ]; then echo 5400; else echo 1800; fi; }

# specs BUILD_DIR FOLDER|FILE…: busted inside the os2 of that build.
specs() {
  local dir=$1
  shift
  OS2=$OS2_ROOT/$dir/os2 limit "$(spec_seconds)" "$dir/os2" --isolated tests/run.lua "$@"
}

# What looks for faults of memory and threads finds no more of them in all of what specs sample, and
# takes many times as long.
sampled() { unset OS2_LONG; }

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

# Everything once more with the other compiler, whose warnings are errors too.
lint_clang_build() { build clang; }

phase_lint() {
  check shellcheck lint_shell
  check luacheck lint_lua
  check clang-format lint_c_format
  check clang-tidy lint_c_tidy
  check cppcheck lint_c_check
  check "clang build" lint_clang_build
  check markdown lint_markdown
}

phase_unit() { unit_tests "$BUILD_DIR"; }

phase_spec() { specs "$BUILD_DIR" tests/spec; }

phase_standin() {
  cd tests/daytona || return
  limit 300 node --test --test-reporter=tap
}

# Servers that answer wrongly, and memory that runs out. With --long all is tried everywhere.
phase_hostile() { specs "$BUILD_DIR" tests/hostile; }

phase_e2e() { specs "$BUILD_DIR" tests/e2e; }

# build_once PRESET: as build; phases beside each other that want the same build wait for one of them.
build_once() {
  mkdir -p "build/$1"
  (flock -w 1200 9 && build "$1") 9>"build/$1.lock"
}

# with_asan: what phases under AddressSanitizer and UndefinedBehaviorSanitizer have in common.
with_asan() {
  sampled
  # Otherwise LeakSanitizer itself crashes on thread-local storage of libraries loaded at run time.
  export ASAN_OPTIONS=intercept_tls_get_addr=0
  build_once asan
}

# A failure of the unit tests does not hide the specs'.
phase_asan() {
  local status=0
  with_asan
  unit_tests build/asan || status=1
  specs build/asan tests/spec || status=1
  return $status
}

phase_asan_e2e() {
  with_asan
  specs build/asan tests/e2e
}

# ThreadSanitizer, on what runs threads: the unit tests, contexts, Git, workers and name look-ups.
phase_tsan() {
  local status=0
  sampled
  export TSAN_OPTIONS=suppressions=$OS2_ROOT/tests/unit/tsan.supp
  build_once tsan
  unit_tests build/tsan || status=1
  # shellcheck disable=SC2086 # a list of words
  specs build/tsan $TSAN_SPECS || status=1
  return $status
}

# The specs once more, each step of the collector being a large one and none of them far from the last.
phase_collector() {
  sampled
  OS2=$OS2_ROOT/build/os2 limit 3600 build/os2 --isolated tests/run_collecting.lua tests/spec
}

# valgrind_test PROGRAM: a unit test under memcheck. What a child between fork and exec has is no leak.
valgrind_test() {
  local log
  log=$TMPDIR/$(basename "$1").log
  limit 600 valgrind -q --error-exitcode=9 --leak-check=full --child-silent-after-fork=yes \
    --show-leak-kinds=definite,indirect,possible --suppressions=tests/unit/valgrind.supp "$1" >"$log" 2>&1 ||
    { cat "$log" && return 1; }
}

phase_valgrind() {
  export -f valgrind_test limit check
  # shellcheck disable=SC2016 # the inner shell expands it
  find build/tests/unit -name '*_test' -type f | sort |
    xargs -P 2 -I{} bash -c 'check "valgrind $(basename {})" valgrind_test {}'
}

# shellcheck disable=SC2086 # a list of words
phase_debian13() { limit 1800 tests/base/debian13 $BUILD_PACKAGES libcmocka-dev; }

# The Debian package, built, installed and purged where os2 has never been, and the container image.
# shellcheck disable=SC2086 # lists of words
phase_package() {
  build_once release >&2
  limit 1800 tests/base/package $BUILD_PACKAGES $PACKAGE_PACKAGES
  limit 1200 tests/base/container
}

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
