--- Trees asked with settings of their users; see tests/spec/git/trees_spec.lua.

return {
  { "submodules and renames are configured away", [[
    plain; git config status.renames false; git config diff.ignoreSubmodules all; git mv a.txt z.txt; up 'w n t' ]] },
  { "aliases and pagers", [[
    plain; git config alias.status '!false'; git config core.pager false; git config color.ui always; w n
    up 'w n t' ]] },
  { "a hook and a monitor", [[
    plain; mkdir -p .git/hooks; printf '#!/bin/sh\ntouch "$HOME/ran"\nexit 1\n' >.git/hooks/post-index-change
    cp .git/hooks/post-index-change .git/hooks/post-checkout; chmod +x .git/hooks/*; w n; up 'w n t' ]] },
  { "core.quotePath and relative paths", [[
    plain; git config core.quotePath true; git config status.relativePaths true
    w "$(printf '\303\244')"; up 'w n t' ]] },
  { "a branch and the stash in the status", [[
    plain; git config status.branch true; git config status.showStash true; w a.txt x
    git stash -q; w n; up 'w n t' ]] },
  { "a configuration that is included", [[
    plain; printf '[core]\n\texcludesFile = ~/inc-ignore\n' >~/inc; echo 'q*' >~/inc-ignore
    git config include.path ~/inc; w q1; w n; up 'w q1 t; w n t' ]] },
  { "an excludesFile that is not there", "plain; git config core.excludesFile /no/such; w n; up 'w n t'" },
  { "an ignore file that is a directory", "plain; mkdir -p d/.gitignore; w d/.gitignore/x; w n; up 'w n t'" },
}
