--- os2's own ignore rules held to git's, with rules drawn by lot: the same ones in each run.
local git = require("os2.git")
local git_server = require("tests.lib.git_server")
local policy = require("os2.policy")
local temporary = require("tests.lib.temporary")

local SEED <const> = 7
local DIRECTORIES <const> = 80
local PARTS <const> = {
  "a", "b", "ab", "*", "?", "**", "/", "[ab]", "[!a]", "[a-c]", "\\", "\\a", ".", " ", "[[:alpha:]]", "[", "]", "!",
  "#", "-", "c", "A", "[A]", "[A-C]", "[[:upper:]]",
}
local PATHS <const> = {
  "a", "b", "ab", "a.b", "-", "c/a", "c/b", "c/a b", "b.d/a/b", "b.d/ab", "b.d/a.c/ab/b", "!a/b", "#b/ab", "[a]",
  "aab/c", "a b/a", "c-/ba/a", "Ab", "B/A", "C/ab/A",
}

-- A generator of our own: the same numbers with every Lua.
local function lot(seed)
  return function(count)
    seed = (seed * 1103515245 + 12345) % (1 << 31)
    return (seed >> 16) % count + 1
  end
end

local function pattern_of(draw)
  local parts = { draw(4) == 1 and "!" or "" }
  for _ = 1, draw(5) do parts[#parts + 1] = PARTS[draw(#PARTS)] end
  if draw(4) == 1 then parts[#parts + 1] = "/" end
  return table.concat(parts)
end

local function rules_of(draw)
  local lines = {}
  for index = 1, draw(4) do lines[index] = pattern_of(draw) end
  return table.concat(lines, "\n") .. "\n"
end

local function listed(root)
  local names = {}
  local text = git_server.git(root, "ls-files", "-z", "-co", "--exclude-standard")
  for name in text:gmatch("(%Z+)%z") do names[#names + 1] = name end
  table.sort(names)
  return names
end

local function fill(root, draw)
  git_server.git(root, "init", "-q")
  for number = 1, DIRECTORIES do
    local base = ("%s/d%d/"):format(root, number)
    for _, path in ipairs(PATHS) do temporary.write(base .. path, "x") end
    temporary.write(base .. ".gitignore", rules_of(draw))
    if draw(2) == 1 then temporary.write(base .. "b.d/.gitignore", rules_of(draw)) end
  end
  temporary.write(root .. "/.gitignore", "ab/c\n-\n")
end

describe("os2's own ignore rules", function()
  local root

  before_each(function() root = temporary.directory() end)
  after_each(function()
    policy.reset()
    temporary.remove(root)
  end)

  for _, case in ipairs{ "false", "true" } do
    it("leave what git leaves, core.ignorecase=" .. case, function()
      fill(root, lot(SEED))
      git_server.git(root, "config", "core.ignorecase", case)
      policy.set("git.program", "")
      local names = git.files(root)
      table.sort(names)
      assert.same(listed(root), names)
    end)
  end
end)
