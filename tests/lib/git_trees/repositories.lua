--- Trees with repositories in them, and repositories of other kinds; see
--- tests/spec/git/trees_spec.lua. `sub` makes the repository s with two commits.

local SUB <const> = [[
  sub() { git init -q -b main s; (cd s && w s.txt && save && w t.txt && save); s=$PWD/s; }
  with_sub() { sub; plain; git submodule --quiet add $s sub; git commit -q -m sub; }
]]

local function with_sub(script)
  return SUB .. script
end

return {
  { "a submodule", with_sub "with_sub; w n; up 'w n t'" },
  { "a submodule at another commit", with_sub "with_sub; git -C sub checkout -q HEAD~1; up 'w n t'" },
  { "a submodule with changes", with_sub "with_sub; w sub/s.txt x; up 'w n t'" },
  { "a submodule with an untracked file", with_sub "with_sub; w sub/new; up 'w n t'" },
  { "a submodule that is told to be ignored", with_sub [[
    with_sub; git config -f .gitmodules submodule.sub.ignore all; save; w sub/new; up 'w n t' ]] },
  { "a submodule that was not brought", with_sub "with_sub; git submodule --quiet deinit -f sub; up 'w n t'" },
  { "a submodule whose directory is gone", with_sub "with_sub; rm -r sub; up 'w n t'" },
  { "a submodule that goes", with_sub "with_sub; up 'git rm -q sub'" },
  { "a submodule that goes, with work in it", with_sub [[
    with_sub; w sub/mine; up 'git rm -q sub' ]], without_git = { "sub" } },
  { "a submodule that becomes a file", with_sub [[
    with_sub; up 'git rm -q sub; rm -rf sub; w sub t' ]] },
  { "a submodule that comes", with_sub [[
    sub; plain; up "git submodule --quiet add $s sub" ]] },
  { "a submodule that comes where files are", with_sub [[
    sub; plain; up "git submodule --quiet add $s sub"; w sub/mine ]], without_git = { "sub" } },
  { "a submodule that comes where a file is", with_sub [[
    sub; plain; up "git submodule --quiet add $s sub"; w sub ]] },
  { "a submodule in a submodule", with_sub [[
    sub; git init -q -b main m; (cd m && w m && git submodule --quiet add $s in && save); plain
    git submodule --quiet add ../m sub; git submodule --quiet update --init --recursive
    save; w sub/in/x; up 'w n t' ]] },
  { "another repository", "plain; git init -q -b main in; (cd in; w i; save; w u); up 'w z t'" },
  { "another repository without a commit", "plain; git init -q -b main in; w in/x; up 'w z t'" },
  { "another repository that is ignored", [[
    plain; w .gitignore in; save; git init -q -b main in; (cd in; w i; save); up 'w z t' ]] },
  { "another repository where the commit has a file", [[
    plain; git init -q -b main in; (cd in; w i; save); up 'w in t' ]] },
  { "another repository where the commit has files", [[
    plain; git init -q -b main in; (cd in; w i; save); up 'w in/i t; w in/z t' ]] },
  { "a repository in an untracked directory", [[
    plain; git init -q -b main v/in; (cd v/in; w i; save); w v/x; up 'w z t' ]] },
  { "objects by sha256", "new --object-format=sha256; w a; save; w n; up 'w n t'", untrusted = true },
  { "a worktree beside", [[
    plain; git worktree add -q -b side ../beside; cd ..; mv r main; mv beside r; cd main
    git worktree repair ../r; cd ../r; w n; up 'w n t' ]] },
  { "a worktree with a configuration of its own", [[
    plain; git config extensions.worktreeConfig true; git worktree add -q -b side ../beside; cd ..; mv r main
    mv beside r; cd main; git worktree repair ../r; cd ../r; git config --worktree core.fileMode false
    chmod +x a.txt; w n; up 'w n t' ]] },
  { "a shallow clone", [[
    plain; w b; save; w c; save; cd ..; mv r o; git clone -q --depth 1 "file://$PWD/o" r; cd r; w n
    git -C ../o checkout -q -b up; (cd ../o; w n t; save); git fetch -q --depth 1 origin up
    git update-ref refs/heads/target FETCH_HEAD; git fetch -q --unshallow origin up
    git update-ref refs/heads/target FETCH_HEAD ]] },
  { "a clone without blobs", [[
    plain; git config uploadpack.allowFilter true; cd ..; mv r o
    git clone -q --filter=blob:none "file://$PWD/o" r; cd r; w a.txt x; w n
    (cd ../o; git checkout -q -b up; w n t; save); git fetch -q origin up:refs/heads/target
    git rev-list --objects target >/dev/null; git show target:n >/dev/null ]] },
  { "a detached HEAD", "plain; git checkout -q --detach; w n; up 'w n t'" },
  { "objects of another repository", [[
    plain; cd ..; mv r o; git clone -q --shared o r; cd r; w n; up 'w n t' ]] },
  { "packed references and objects", "plain; w n; up 'w n t'; git gc -q" },
}
