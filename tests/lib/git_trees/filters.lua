--- Trees whose files differ between a commit and the disk; see tests/spec/git/trees_spec.lua.

local DRIVER <const> = [[
  git config --global filter.big.clean 'sed s/REAL/POINTER/'
  git config --global filter.big.smudge 'sed s/POINTER/REAL/'
]]

local function with_driver(script)
  return DRIVER .. script
end

return {
  { "a filter, in a fresh clone", with_driver [[
    plain; w .gitattributes '*.bin filter=big'; w x.bin REAL; save; cd ..; mv r o; git clone -q o r; cd r
    git status >/dev/null; w n; up 'w n t' ]] }, -- as a person has looked at it: the index knows its times
  { "a filter, with other times", with_driver [[
    plain; w .gitattributes '*.bin filter=big'; w x.bin REAL; save; old; w n; up 'w n t' ]], untrusted = true },
  { "a filter, and a file that was changed", with_driver [[
    plain; w .gitattributes '*.bin filter=big'; w x.bin REAL; save; w x.bin 'REAL more'; up 'w n t' ]],
    untrusted = true },
  { "a filter of info/attributes", with_driver [[
    plain; w x.bin REAL; save; echo '*.bin filter=big' >.git/info/attributes; old; up 'w n t' ]], untrusted = true },
  { "a filter that is not configured", [[
    plain; w .gitattributes '*.bin filter=none'; w x.bin REAL; save; old; w n; up 'w n t' ]] },
  { "another encoding", [[
    plain; w .gitattributes '*.u working-tree-encoding=UTF-16LE'; printf 'a\0b\0\n\0' >x.u; save; old; w n
    up 'w n t' ]], untrusted = true },
  { "line ends of DOS on the disk", [[
    plain; w .gitattributes '*.bat text eol=crlf'; printf 'a\r\nb\r\n' >x.bat; save; old; w n; up 'w n t' ]] },
  { "line ends of DOS in the commit, against the attribute", [[
    plain; printf 'a\r\nb\r\n' >x.bat; save; w .gitattributes '*.bat text eol=crlf'; git add .gitattributes
    git commit -q -m attributes; old; w n; up 'w n t' ]] },
  { "line ends of DOS in the commit, text=auto", [[
    plain; printf 'a\r\nb\r\n' >x.bat; save; w .gitattributes '* text=auto'; git add .gitattributes
    git commit -q -m attributes; old; w n; up 'w n t' ]] },
  { "core.autocrlf", [[
    plain; git config core.autocrlf true; printf 'a\r\nb\r\n' >x.txt; save; old; w n; up 'w n t' ]] },
  { "core.autocrlf=input", [[
    plain; git config core.autocrlf input; printf 'a\r\nb\r\n' >x.txt; old; up 'w n t' ]] },
  { "keywords", [[
    plain; w .gitattributes '*.id ident'; w x.id '$Id$'; save; rm x.id; git checkout -q x.id; old; up 'w n t' ]] },
  { "binary files", [[
    plain; w .gitattributes '*.b binary'; printf 'a\0\r\nb' >x.b; save; old; printf 'c\r\n' >n.b; up 'w n t' ]] },
  { "attributes in a directory", with_driver [[
    plain; w d/.gitattributes '*.bin filter=big'; w d/x.bin REAL; w y.bin REAL; save; old; up 'w n t' ]],
    untrusted = true },
  { "what is left out of archives", "plain; w .gitattributes 'd export-ignore'; save; w n; up 'w n t'" },
}
