--- The build contexts of tests/e2e/contexts/cases.txt, whose header explains the form.
local lfs = require("lfs")
local proc = require("os2.proc")
local temporary = require("tests.lib.temporary")

---@class tests.lib.contexts
local M = {}

local CASES <const> = "tests/e2e/contexts/cases.txt"
local FILE_MODES <const> = { "644", "755", "600" }

--- A Dockerfile that takes all of the context. Another run of the tests on this engine makes
--- another image of it, which it removes again.
M.DOCKERFILE = ("FROM scratch\nCOPY . /\nLABEL of=%s\n"):format(temporary.unique())

---@class tests.lib.contexts.case
---@field name string
---@field rules string[]?  nil: no ignore file
---@field paths string[]
---@field fails boolean
---@field differs string?  why the Docker CLI's result is not os2's
---@field keeps string[]
---@field drops string[]

local function unescape(line)
  return (line:gsub("%%(%x%x)", function(digits) return string.char(tonumber(digits, 16)) end))
end

local function add(list, line)
  list = list or {}
  list[#list + 1] = unescape(line)
  return list
end

local function read_line(case, line)
  local word, rest = line:match("^(%S+) ?(.*)$")
  if word == "|" then case.rules = add(case.rules, rest)
  elseif word == "fails" then case.fails = true
  elseif word == "differs" then case.differs = rest
  elseif word == "keeps" or word == "drops" then add(case[word], rest)
  else case.paths = add(case.paths, line) end
end

-- One case, or the default tree, from its lines.
local function read_block(lines)
  local case = { name = lines[1]:match("^case (.*)$"), fails = false, keeps = {}, drops = {} }
  for index = 2, #lines do read_line(case, lines[index]) end
  return case
end

local function blocks()
  local all, lines = {}, {}
  for line in io.lines(CASES) do
    if line == "" then
      all[#all + 1] = lines
      lines = {}
    else
      lines[#lines + 1] = line
    end
  end
  all[#all + 1] = lines
  return all
end

--- Returns all cases in the file's order.
---@return tests.lib.contexts.case[]
function M.cases()
  local cases, tree = {}, nil
  for _, lines in ipairs(blocks()) do
    if lines[1] == "tree" then tree = read_block(lines).paths
    elseif lines[1] and lines[1]:find("^case ") then cases[#cases + 1] = read_block(lines) end
  end
  for _, case in ipairs(cases) do case.paths = case.paths or tree end
  return cases
end

local function make_parents(root, path)
  for above in path:gmatch("()/") do lfs.mkdir(root .. "/" .. path:sub(1, above - 1)) end
end

local function chmod(root, mode, paths)
  if #paths == 0 then return end
  local done = proc.run({ "chmod", mode, "--", table.unpack(paths) }, { timeout = 10, cwd = root })
  assert(done.code == 0, done.stderr)
end

-- Makes what a path line names; returns a file's path.
local function make(root, line)
  make_parents(root, line:match("^(.-) %-> ") or line)
  local link, target = line:match("^(.-) %-> (.*)$")
  if link then
    assert(lfs.link(target, root .. "/" .. link, true))
  elseif line:sub(-1) ~= "/" then
    temporary.write(root .. "/" .. line, "this is " .. line .. "\n")
    return line
  end
end

--- Lays a case's tree out in an empty directory: contents and permissions differ from file to file.
---@param root string
---@param case tests.lib.contexts.case
function M.lay_out(root, case)
  local by_mode = { {}, {}, {} }
  for index, line in ipairs(case.paths) do
    local file = make(root, line)
    if file then table.insert(by_mode[index % #FILE_MODES + 1], file) end
  end
  for index, mode in ipairs(FILE_MODES) do chmod(root, mode, by_mode[index]) end
  if case.rules then
    temporary.write(root .. "/.dockerignore", table.concat(case.rules, "\n") .. "\n")
  end
  temporary.write(root .. "/Dockerfile", M.DOCKERFILE)
end

return M
