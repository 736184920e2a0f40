# shellcheck shell=bash
# Runs the phases of tests/lib/phases.sh: several at a time, each in the background with a TMPDIR and a log of
# its own, which is printed whole when it has ended. A single phase writes as it goes.

PHASE_JOBS=${PHASE_JOBS:-} # phases at a time; by default one for each processor
COVERAGE=0           # 1: run_phases measures which lines run
TOTAL_PASSED=0
TOTAL_FAILED=0
FAILED_PHASES=""
LIVE=0               # whether a phase writes as it goes
declare -A RUNNING=() # the pid of each phase that runs

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

# failures_in LOG: what the log says of each failed test, at most 200 lines: busted's blocks, CTest's list,
# the tests and the messages of node --test, and the last 15 lines before a failed check.
failures_in() {
  sed 's/\x1b\[[0-9;]*m//g' "$1" | awk '
    /^(Failure|Error) -> / { block = 1 }
    /^(Pending -> |Internal ctest|Test project|check |== )/ { block = 0 }
    /^The following tests FAILED:/ { ctest = 1 }
    /^Errors while running CTest/ { ctest = 0 }
    /^ *not ok / { node = 12 }
    /^check failed: / { for (i = seen - 15; i < seen; i++) if (i >= 0 && line[i] != "") print line[i] }
    /^check (passed|failed): / { seen = 0; delete line }
    block || ctest || node > 0 || /^check failed: / { print; node-- }
    !/^check / { line[seen++] = $0 }' | head -n 200
}

# settle STATUS PASSED FAILED: the failures, one more where a phase broke off or ran nothing at all.
settle() {
  if [ "$1" != 0 ] && [ "$3" = 0 ]; then echo 1; elif [ "$2$3" = 00 ]; then echo 1; else echo "$3"; fi
}

# --- running ----------------------------------------------------------------------------------

# sink FILE: where a phase's output goes.
sink() { if [ "$LIVE" = 1 ]; then tee "$1"; else cat >"$1"; fi; }

# run_timed NAME: the phase; its times (real, user, system) go to NAME.time.
run_timed() {
  local TIMEFORMAT='%0R %0U %0S' status
  # In a condition bash would ignore -e inside the phase as well.
  set +e
  {
    time (set -e && "phase_$1") 2>&1 | sink "$TEST_DIR/$1.log"
    status=${PIPESTATUS[0]}
  } 2>"$TEST_DIR/$1.time"
  return "$status"
}

# begin_phase NAME: in a process group of its own, because what is started in the background without one
# ignores SIGINT, and so would the programs of the tests.
begin_phase() {
  local dir=$TEST_DIR/$1
  say "== $1 begins"
  mkdir -p "$dir"
  chmod 711 "$dir"
  set -m
  (TMPDIR=$dir run_timed "$1") </dev/null &
  set +m
  RUNNING[$1]=$!
}

# end_phase NAME STATUS: prints its output, its times and its counts; adds them to the totals.
end_phase() {
  local name=$1 log=$TEST_DIR/$1.log passed failed real=0 user=0 system=0
  unset "RUNNING[$name]"
  [ "$LIVE" = 1 ] || { say "== $name" && cat "$log"; }
  read -r real user system <"$TEST_DIR/$name.time" || true
  read -r passed failed < <(count_results "$log")
  failed=$(settle "$2" "$passed" "$failed")
  say "== $name: $passed passed, $failed failed, $real s ($((user + system)) s of a processor)"
  TOTAL_PASSED=$((TOTAL_PASSED + passed))
  TOTAL_FAILED=$((TOTAL_FAILED + failed))
  [ "$failed" = 0 ] || FAILED_PHASES="$FAILED_PHASES $name"
}

# wait_for_phase: until one of those that run has ended.
wait_for_phase() {
  local ended="" status=0 name
  wait -n -p ended "${RUNNING[@]}" || status=$?
  for name in "${!RUNNING[@]}"; do
    [ "${RUNNING[$name]}" != "$ended" ] || end_phase "$name" "$status"
  done
}

# run_all NAME…: PHASE_JOBS of them at a time, begun in this order.
run_all() {
  local name jobs=${PHASE_JOBS:-$(nproc)}
  [ $# -gt 1 ] || LIVE=1
  for name in "$@"; do
    [ "${#RUNNING[@]}" -lt "$jobs" ] || wait_for_phase
    begin_phase "$name"
  done
  while [ "${#RUNNING[@]}" -gt 0 ]; do wait_for_phase; done
}

# end_tree PID: SIGTERM to a process and what it has started; timeout passes it on, and waits.
end_tree() {
  local pid command
  while read -r pid command; do
    if [ "$command" = timeout ]; then kill "$pid" 2>/dev/null || true; else end_tree "$pid"; fi
  done < <(ps -o pid=,comm= --ppid "$1")
  kill "$1" 2>/dev/null || true
}

# --- around the phases ------------------------------------------------------------------------

# install_node DIR: what its lock file says; nothing to do while that file is older.
install_node() {
  local dir=$1
  [ "$dir/node_modules/.package-lock.json" -nt "$dir/package-lock.json" ] && return 0
  (cd "$dir" && retry 3 limit 300 npm ci --no-audit --no-fund >&2)
}

# stop_phases: those that still run when the tests are interrupted.
stop_phases() {
  local name
  for name in "${!RUNNING[@]}"; do
    end_tree "${RUNNING[$name]}"
    wait_until 40 pid_gone "${RUNNING[$name]}" || kill -KILL "${RUNNING[$name]}" || true
  done
}

# stop_servers: also those whose spec was killed before it could; they are found by their pid files.
stop_servers() {
  local file
  stop_phases
  find "$TEST_DIR" -name '*.pid' 2>/dev/null | while read -r file; do
    stop_background "$(dirname "$file")" "$(basename "$file" .pid)"
  done
  tests/lib/engine stop "$ENGINE_DIR"
  rm -rf "$TEST_DIR"
}

# The only variables of the caller that a test sees: where programs, the engine and caches are, how the network
# is reached, and what the tests themselves read. A test sets whatever else it needs.
KEPT_VARIABLES=(PATH HOME TMPDIR LD_LIBRARY_PATH XDG_CACHE_HOME XDG_RUNTIME_DIR DOCKER_HOST CC CXX CFLAGS
  http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY ALL_PROXY all_proxy
  SSL_CERT_FILE SSL_CERT_DIR CURL_CA_BUNDLE GIT_SSL_CAINFO NODE_EXTRA_CA_CERTS
  CI OS2_ROOT OS2_LONG PHASE_JOBS FUZZ_SECONDS)

# forget_caller: a shell, a terminal, a language, a CI or an account that the caller's environment names would
# change what os2 does, and its umask what others may do with files.
forget_caller() {
  local name
  umask 022
  for name in $(compgen -e); do
    case $name in
      npm_config_* | NPM_CONFIG_*) ;;
      *) is_word "$name" "${KEPT_VARIABLES[*]}" || unset "$name" 2>/dev/null || true ;;
    esac
  done
}

prepare() {
  forget_caller
  TEST_DIR=$(mktemp -d "${TMPDIR:-/tmp}/os2-test.XXXXXX")
  # Tests that run os2 as another user reach their own directories through this one.
  chmod 711 "$TEST_DIR"
  trap stop_servers EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  export TMPDIR=$TEST_DIR BASE_IMAGE
  export OS2_NO_HISTORY=1 # thousands of runs that nobody reads
  build release -DOS2_TESTS=ON -DOS2_WERROR=ON
  install_node tests/daytona
  install_node tests/contract
  ensure_engine >/dev/null
  set_from tests/lib/base
}

# show_failures: once more at the end of everything, because what a run says at its end is what is read.
show_failures() {
  local name
  say "failed:$FAILED_PHASES"
  for name in $FAILED_PHASES; do
    say "== what failed in $name"
    failures_in "$TEST_DIR/$name.log"
  done
}

# run_phases NAME…: the last line is the sum. With COVERAGE=1 they run in a build that counts its lines.
run_phases() {
  local began=$SECONDS
  ! has_long_phase "$@" || export OS2_LONG=1
  prepare
  [ "$COVERAGE" = 0 ] || begin_coverage
  say "== prepared in $((SECONDS - began)) s"
  run_all "$@"
  [ "$COVERAGE" = 0 ] || show_coverage
  say "== all in $((SECONDS - began)) s"
  [ -z "$FAILED_PHASES" ] || show_failures
  printf '%s passed, %s failed\n' "$TOTAL_PASSED" "$TOTAL_FAILED"
  [ "$TOTAL_FAILED" = 0 ]
}
