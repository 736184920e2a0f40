--- Trees with ignore files; see tests/spec/git/trees_spec.lua.

return {
  { "an exception of another file's rule, without a wildcard", [[
    plain; w .gitignore '*.log'; w d/.gitignore '!imp.log'; save
    up 'w d/imp.log theirs; w d/other.log theirs'
    w d/imp.log; w d/other.log; w x.log ]] },
  { "an exception with a wildcard", [[
    plain; w .gitignore '*.log'; w d/.gitignore '!*.log'; save
    up 'w d/imp.log theirs'; w d/imp.log; w x.log ]] },
  { "an exception of a directory in another file", [[
    plain; w .gitignore dist; w p/x/.gitignore '!dist'; w p/x/f; save
    up 'w p/x/dist/a theirs; w dist/a theirs'
    w p/x/dist/a; w dist/a; w p/dist/b ]] },
  { "an exception of a name with a dot", [[
    plain; w .gitignore '.env*'; w p/.gitignore '!.env.example'; w p/f; save
    up 'w p/.env.example theirs; w p/.env theirs'; w p/.env.example; w p/.env; w .env.local ]] },
  { "an exception of info/exclude's rule", [[
    plain; echo '*.tmp' >.git/info/exclude; w d/.gitignore '!keep.tmp'; save
    up 'w d/keep.tmp theirs; w d/no.tmp theirs'; w d/keep.tmp; w d/no.tmp ]] },
  { "an exception of core.excludesFile's rule", [[
    plain; echo '*.bak' >~/ignore; git config --global core.excludesFile '~/ignore'
    w .gitignore '!keep.bak'; save; up 'w keep.bak theirs; w d/no.bak theirs'
    w keep.bak; w d/keep.bak; w d/no.bak ]] },
  { "the excludesFile of XDG", [[
    plain; mkdir -p ~/.config/git; echo '*.xdg' >~/.config/git/ignore; w a.xdg; w a.new
    up 'w a.xdg theirs; w a.new theirs' ]] },
  { "rules at every level, the last one counts", [[
    plain; w .gitignore '*.o
!a.o
b.o'; w d/.gitignore 'a.o'; w d/e/.gitignore '!a.o'; save
    w a.o; w b.o; w c.o; w d/a.o; w d/b.o; w d/e/a.o; w d/e/b.o
    up 'for f in a.o d/a.o d/e/a.o d/e/b.o; do w $f theirs; done' ]] },
  { "nothing below an ignored directory can be an exception", [[
    plain; w .gitignore 'build/
!build/keep.txt'; save; w build/keep.txt; w d/build/x; up 'w build/keep.txt theirs' ]] },
  { "all in a directory but one", [[
    plain; w .gitignore 'build/*
!build/keep.txt'; save; w build/keep.txt; w build/no.txt; up 'w build/keep.txt t; w build/no.txt t' ]] },
  { "a directory's rule and a link of that name", [[
    plain; w .gitignore 'cache/'; save; ln -s d cache; w x/cache/f; up 'w cache theirs' ]] },
  { "a directory's rule and a file of that name", [[
    plain; w .gitignore 'cache/'; save; w cache; w d/cache; up 'w d/cache theirs' ]] },
  { "rooted rules", [[
    plain; w .gitignore '/x
d/y
/d/*.z'; save; w x; w q/x; w d/y; w q/d/y; w d/1.z; w d/e/2.z; up 'w q/x t; w d/y t; w d/e/2.z t' ]] },
  { "two stars", [[
    plain; w .gitignore '**/logs
foo/**
a/**/b
**/deep/*.x'; save
    w logs/1; w q/logs/2; w foo/x/y; w q/foo/z; w a/b/1; w a/x/y/b/1; w a/c; w q/deep/1.x; w q/deep/r/2.x
    up 'w q/foo/z t; w a/c t; w q/deep/r/2.x t; w foo/x/y t' ]] },
  { "sets, ranges and classes", [=[
    plain; w .gitignore '[ab].q
[!ab].r
[0-9][[:alpha:]].s
[]x].t
x[^y].u'; save
    for f in a.q c.q a.r c.r 1a.s 11.s ].t x.t y.t xy.u xz.u; do w $f; done; up 'w c.q t; w a.r t; w 1a.s t' ]=] },
  { "escapes", [[
    plain; printf '%s\n' '\#hash' '\!bang' 'back\\slash' 'st\*r' 'trail\ ' 'blank  ' >.gitignore; save
    w '#hash'; w '!bang'; w 'back\slash'; w 'st*r'; w star; w 'trail '; w trail; w blank; w 'blank  '
    up 'w star t; w "#hash" t; w trail t' ]] },
  { "comments, blank lines and a byte order mark", [[
    plain; printf '\357\273\277first\n\n# c\n  \nlast' >.gitignore; save
    w first; w c; w last; w '# c'; up 'w first t; w c t' ]] },
  { "line ends of DOS", [[
    plain; printf 'dos\r\nalso.*\r\n' >.gitignore; save; w dos; w also.x; up 'w dos t; w also.x t' ]] },
  { "a rule that is a slash alone, and empty negations", [[
    plain; printf '/\n!\n//\nd//e\n' >.gitignore; save; w x; w d/e/n; up 'w x t' ]] },
  { "a question mark and a star do not match a slash", [[
    plain; w .gitignore 'p/?/x
p/*.y'; save; w p/1/x; w p/12/x; w p/a.y; w p/q/b.y; up 'w p/12/x t; w p/q/b.y t' ]] },
  { "a tracked file that a rule would ignore", [[
    plain; w x.log; save; w .gitignore '*.log'; save; w x.log changed; w y.log; up 'w y.log t' ]] },
  { "an ignore file that is not committed", [[
    plain; w .gitignore 'tmp
.gitignore'; w tmp; w d/tmp; w n; up 'w d/tmp t; w n t' ]] },
  { "an ignore file that is a link", [[
    plain; w rules 'z*'; ln -s rules .gitignore; w z1; w y1; up 'w z1 t; w y1 t' ]], untrusted = true },
  { "an ignore file in an ignored directory", [[
    plain; w .gitignore 'out'; save; w out/.gitignore '!*'; w out/x; up 'w out/x t' ]] },
  { "a directory that holds ignored files alone", [[
    plain; w .gitignore '*.o'; save; w obj/1.o; w obj/s/2.o; w mix/1.o; w mix/2.c; up 'w obj t; w mix t' ]] },
  { "ignored files where the commit has files", [[
    plain; w .gitignore 'gen'; save; w gen/a; w d/gen; up 'w gen/a t; w d/gen t' ]] },
  { "all is ignored", [[
    plain; w .gitignore '*'; git add -f .gitignore; git commit -q -m all; w n; w d/n; up 'w n t' ]] },
  { "upper and lower case", [[
    plain; w .gitignore 'Case*'; save; w case1; w Case2; up 'w case1 t; w Case2 t' ]] },
  { "rules without regard to case", [[
    plain; w .gitignore 'Case*'; save; git config core.ignorecase true; w case1; w Case2
    up 'w case1 t' ]] },
  { "a rule with a backslash at its end", [[
    plain; printf 'end\\\nok\n' >.gitignore; save; w end; w ok; up 'w end t; w ok t' ]] },
}
