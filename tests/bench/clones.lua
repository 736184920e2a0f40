--- Times clones over HTTP of a repository with a long history and many files.
local git_server = require("tests.lib.git_server")
local measure = require("tests.bench.measure")
local proc = require("os2.proc")
local task = require("os2.task")
local temporary = require("tests.lib.temporary")

local COMMITS <const>, FILES <const> = 30000, 20000
local LINES <const> = 40 -- of a file
local CHANGES <const> = 2 -- files that a commit changes
local ROUNDS <const> = 5
local BLOCK <const> = 200 -- commits that are written at once

local CLONE <const> = [[
local depth = tonumber(arg[3])
git.clone{ url = arg[1], path = arg[2], depth = depth > 0 and depth or nil, timeout = 600 }:result()
]]

local function content(file, commit)
  local lines = { ("file %d of commit %d"):format(file, commit) }
  for line = 1, LINES do
    lines[#lines + 1] = ("%016x%016x"):format(math.random(0), math.random(0) ~ line)
  end
  return table.concat(lines, "\n")
end

local function modify(parts, file, commit)
  local text = content(file, commit)
  parts[#parts + 1] = ("M 100644 inline d%02d/e%02d/f%05d.txt\ndata %d\n%s\n"):format(file % 40,
    file // 40 % 25, file, #text, text)
end

local function add_commit(parts, commit)
  local head = "commit refs/heads/main\ncommitter A <a@localhost> %d +0000\ndata 2\nx\n"
  parts[#parts + 1] = head:format(1500000000 + 60 * commit)
  if commit > 0 then
    for _ = 1, CHANGES do modify(parts, math.random(FILES) - 1, commit) end
  else
    for file = 0, FILES - 1 do modify(parts, file, commit) end
  end
end

local function make_repository(server)
  git_server.git(server.directory, "init", "-q", "--bare", "-b", "main", "big.git")
  local place = server.directory .. "/big.git"
  local import = proc.spawn({ "git", "fast-import", "--quiet" }, { cwd = place, stdin = "pipe" })
  for first = 0, COMMITS - 1, BLOCK do
    local parts = {}
    for commit = first, math.min(first + BLOCK, COMMITS) - 1 do add_commit(parts, commit) end
    import:write(table.concat(parts))
  end
  import:close_stdin()
  assert(import:result().code == 0)
  git_server.git(place, "repack", "-adfq")
end

local function timed(path, run)
  return measure.calls(1, function() run(path) end), temporary.remove(path)
end

local function compare(home, ours, theirs)
  local own, other = {}, {}
  for round = 1, ROUNDS do
    own[round] = timed(home .. "/own", ours)
    other[round] = timed(home .. "/other", theirs)
  end
  return measure.median(own), measure.median(other)
end

--- Measures, and prints with `row(what, ours, other, theirs)`. Waits.
---@param home string  a directory on a fast disk
---@param os2 string  the program
---@param row function
return function(home, os2, row)
  math.randomseed(1)
  local server = git_server.start()
  local _ <close> = task.defer(function() server:stop() end)
  make_repository(server)
  local url = server:url("open", "big")
  local function own(depth)
    return function(path)
      measure.run{ os2, "--isolated", "-e", CLONE, url, path, depth }
    end
  end
  local function git(...)
    local words = { "git", "clone", "-q", url, ... }
    return function(path)
      local argv = table.move(words, 1, #words, 1, {})
      argv[#argv + 1] = path
      measure.run(argv)
    end
  end
  local ours, theirs = compare(home, own("1"), git("--depth", "1"))
  row("clone of 30 000 commits, depth 1", ours, "git, depth 1", theirs)
  row("clone of 30 000 commits, depth 1", ours, "git, all",
    measure.calls(1, function() git()(home .. "/all") end))
  temporary.remove(home .. "/all")
  ours, theirs = compare(home, own("0"), git("--single-branch"))
  row("clone of 30 000 commits, all", ours, "git, all", theirs)
end
