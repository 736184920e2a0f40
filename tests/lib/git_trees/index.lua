--- Trees with what git's index can hold; see tests/spec/git/trees_spec.lua. What a
--- reset takes (`reset_takes`) and a merge does not name: what the index has lost, and new files in
--- a sparse tree, which git 2.39 overwrites while it says that it does not.

return {
  { "a clean one", "plain; up 'w new t'" },
  { "changed, added, removed, untracked", [[
    plain; w a.txt other; w added; git add added; rm d/b.txt; w new; w n/x/y; up 'w new t; w n/x t; w z t' ]] },
  { "staged and changed again", [[
    plain; w a.txt staged; git add a.txt; w a.txt more; w both; git add both; rm both; up 'w z t' ]] },
  { "removed from the index alone", [[
    plain; git rm -q --cached a.txt; up 'w z t' ]], reset_takes = { "a.txt" } },
  { "added with no content yet", "plain; w later; git add -N later; up 'w z t'" },
  { "in conflict", [[
    plain; git checkout -q -b side; w a.txt side; w both side; save; git checkout -q main; w a.txt main
    w both main; save; up 'w n t'; git merge -q side >/dev/null || true; w n ]],
    reset_takes = { "n" } },
  { "before the first commit", [[
    new; w a; git add a; w b; w d/c; git fetch -q "$(plain >/dev/null; pwd)" main:refs/heads/target
    rm -rf r ]] },
  { "a sparse cone without a sparse index", [[
    plain; w near/n; w far/f; w far/deep/g; save; git sparse-checkout set --cone --no-sparse-index near
    up 'w near/new t; w far/new t'; w near/new; w x ]], reset_takes = { "near/new" } },
  { "a sparse cone with a sparse index", [[
    plain; w near/n; w far/f; w far/deep/g; save; git sparse-checkout set --cone --sparse-index near
    up 'w near/new t'; w near/new; w x ]], untrusted = true, reset_takes = { "near/new" } },
  { "sparse patterns", [[
    plain; w near/n; w far/f; save; git sparse-checkout set --no-cone '/near/' '/a.txt'
    up 'w near/new t'; w near/new; w near/n changed ]],
    reset_takes = { "near/new" } },
  { "sparse, with a file that is there all the same", [[
    plain; w near/n; w far/f; save; git sparse-checkout set --cone --no-sparse-index near
    w far/f changed; up 'w z t' ]] },
  { "sparse, with a file that is there and has not changed", [[
    plain; w near/n; w far/f; save; git sparse-checkout set --cone --no-sparse-index near
    w far/f; up 'w z t' ]] },
  { "sparse, with a file that is expected outside", [[
    plain; w near/n; w far/f; save; git sparse-checkout set --cone --no-sparse-index near
    git config sparse.expectFilesOutsideOfPatterns true; w far/f changed; up 'w z t' ]] },
  { "sparse, with an untracked file outside", [[
    plain; w near/n; w far/f; save; git sparse-checkout set --cone --no-sparse-index near
    w far/new; up 'w z t' ]] },
  { "sparse and ignored", [[
    plain; w near/n; w far/f; w .gitignore '*.o'; save; git sparse-checkout set --cone --no-sparse-index near
    w near/1.o; w near/2; up 'w near/1.o t; w near/2 t' ]], reset_takes = { "near/2" } },
  { "a split index", "plain; git update-index --split-index; w n; up 'w n t'", untrusted = true },
  { "a split index that was changed", [[
    plain; git update-index --split-index; w m; git add m; w n; up 'w n t' ]], untrusted = true },
  { "index version 4", "plain; git update-index --index-version 4; w n; w a.txt x; up 'w n t'" },
  { "an index with an untracked cache", [[
    plain; git config core.untrackedCache true; git update-index --untracked-cache; git status >/dev/null
    w n; w d/n; up 'w d/n t' ]] },
  { "an index without its checksum", [[
    plain; git config index.skipHash true; git config feature.manyFiles true; w m; git add m; w n; up 'w n t' ]] },
  { "assumed to be unchanged", [[
    plain; git update-index --assume-unchanged a.txt; w a.txt other; w n; up 'w n t' ]] },
  { "skipped in the working tree", [[
    plain; git update-index --skip-worktree a.txt d/b.txt; rm d/b.txt; w n; up 'w n t' ]] },
  { "other times than the index knows", "plain; old; w n; up 'w n t'" },
  { "an index that is gone", "plain; up 'w z t'; rm .git/index", reset_takes = { "a.txt", "d/b.txt", "d/e/c.txt" } },
  { "file modes", "plain; chmod +x a.txt; w n; chmod +x n; up 'w n t'" },
  { "file modes that do not count", "plain; git config core.fileMode false; chmod +x a.txt; up 'w n t'" },
  { "another type", [[
    plain; rm a.txt; ln -s d a.txt; rm -r d/e; w d/e; up 'w n t' ]], reset_takes = { "d/e" } },
  { "links that do not count", [[
    plain; ln -s a.txt l; save; git config core.symlinks false; rm l; printf a.txt >l; up 'w n t' ]] },
  { "renamed", "plain; git mv a.txt z.txt; up 'w n t'" },
  { "a file where the commit has a directory", "plain; w n; w q/x; up 'w n/a t; w n/b t; w q/x/y t'" },
  { "a directory where the commit has a file", "plain; w n/a; w n/b/c; w q/r/s; up 'w n t; w q/r t'" },
  { "a link where the commit has files", "plain; ln -s d n; ln -s nowhere m; up 'w n/b.txt t; w m t'" },
  { "a directory of a tracked file", "plain; up 'rm -r d; w d t'" },
  { "a directory of a tracked file and another one", "plain; up 'rm -r d; w d t'; w d/mine" },
  { "an empty directory where the commit has a file", "plain; up 'w n t'; mkdir -p n" },
  { "the same content in the way", "plain; up 'w n same'; w n same" },
  { "commits removed and changed", "plain; w n; up 'git rm -q a.txt; w d/b.txt t'" },
  { "a pipe", "plain; mkfifo p; w n; up 'w n t'" },
}
