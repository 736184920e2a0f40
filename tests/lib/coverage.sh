# shellcheck shell=bash
# Which lines of host/core and host/bind the phases run: `./bootstrap test --coverage`. Sourced by bootstrap.

COVERED_FOLDERS="host/core host/bind"

# begin_coverage: a build that counts its lines, without what earlier runs have counted. The files of the
# counts are there for all users: what a test runs as another one would say on stderr that it cannot write.
begin_coverage() {
  build coverage
  BUILD_DIR=build/coverage
  find "$BUILD_DIR" -name '*.gcno' | sed 's/gcno$/gcda/' | while read -r file; do
    : >"$file" && chmod 666 "$file"
  done
}

# covered_files: "FILE LINES COVERED" of each source file that was compiled.
covered_files() {
  local folder filters=()
  for folder in $COVERED_FOLDERS; do filters+=(--filter "$folder/"); done
  limit 300 gcovr --root . --object-directory "$BUILD_DIR" "${filters[@]}" --csv |
    awk -F, 'NR > 1 { print $1, $2, $3 }'
}

# covered_folders: reads that; one line for each folder, and one for all.
covered_folders() {
  awk '{ sub(/\/[^\/]*$/, "", $1); lines[$1] += $2; covered[$1] += $3 }
    END { for (folder in lines) print folder, lines[folder], covered[folder] }' |
    sort | awk '
      function show(name, all, ran) {
        printf "%-20s %5d of %5d lines  %5.1f %%\n", name, ran, all, 100 * ran / all
      }
      { show($1, $2, $3); lines += $2; covered += $3 }
      END { show("all", lines, covered) }'
}

# show_coverage: on stdout, before the sum of the tests.
show_coverage() {
  say "== coverage"
  find "$BUILD_DIR" -name '*.gcda' -empty -delete # of what never ran
  covered_files | covered_folders
}
