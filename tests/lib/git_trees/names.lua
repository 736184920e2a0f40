--- Trees with odd names; see tests/spec/git/trees_spec.lua.

return {
  { "blanks, quotes, tabs", [[
    plain; w ' a'; w 'b '; save; w ' n'; w 'q"q'; w "$(printf 't\tt')"; up "w ' n' t" ]] },
  { "line ends", [[
    plain; w "$(printf 'a\nb')"; save; w "$(printf 'c\nd')"; w "$(printf 'd/n\nm')"; up 'w z t' ]] },
  { "bytes that are no UTF-8", [[
    plain; w "$(printf 'x\377y')"; save; w "$(printf 'n\376m')"; w "$(printf '\303\244')"; up 'w z t' ]] },
  { "backslashes and stars", [[
    plain; w 'a\b'; w 'c*d'; w '[e]'; save; w 'n\m'; w 'o*p'; w '?q'; up "w 'n\\m' t; w '?q' t" ]] },
  { "dashes and colons", [[
    plain; w './-x'; w ':y'; w ':(z)'; git --literal-pathspecs add -A; save
    w './-n'; w ':!m'; up "w ./-n t; w ':!m' t" ]] },
  { "control characters", [[
    plain; w "$(printf 'a\001b\033c')"; w "$(printf '\177')"; up 'w z t' ]] },
  { "names that begin alike", [[
    plain; w ab/c; w a/b; w a.b; w a-b; save; w a/new; w abc; w a0; up 'w abc t; w a/new t; w a0/x t' ]] },
  { "upper and lower case beside each other", [[
    plain; w readme; w README; w D/x; save; w Readme; w D/b.txt; up 'w Readme t' ]] },
  { "case that does not count", [[
    plain; w a; w A; save; git config core.ignorecase true; up 'w z t' ]], untrusted = true },
  { "case that does not count, untracked", [[
    plain; w a; save; git config core.ignorecase true; w N; up 'w z t' ]], untrusted = true },
  { "names that git takes care of", "plain; w .gitx; w git; w d/.gitmodules.bak; w .GIT2; up 'w .gitx t'" },
  { "long names", [[
    plain; n=$(printf '%0200d' 1); w "$n/$n/$n"; save; w "$n/$n/n$n"; up 'w z t' ]] },
  { "deep trees", [[
    plain; p=$(printf 'd/%.0s' $(seq 120)); w "${p}f"; save; w "${p}n"; up 'w z t' ]], untrusted = true },
  { "many files", [[
    plain; for i in $(seq 700); do w "m/$i" && w "n/$((i % 7))/$i"; done; git add m; git commit -q -m many
    up 'w n/3/3 t; w n/4 t' ]] },
  { "empty files and directories", "plain; : >empty; mkdir -p void/void; save; : >n; up ': >n'" },
}
