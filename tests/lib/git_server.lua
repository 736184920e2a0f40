--- Starts tests/lib/git-server.js and makes repositories for it.
local clock = require("os2.clock")
local http = require("os2.http")
local json = require("os2.json")
local proc = require("os2.proc")
local task = require("os2.task")
local temporary = require("tests.lib.temporary")

---@class tests.lib.git_server
---@field ports table<string, integer>
---@field certificate string
---@field directory string  where its repositories are
---@field password string  of the user "robot", for the paths under /private
local Server = {}
Server.__index = Server

local M = {}

local PATIENCE_SECONDS <const> = 120 -- for a loaded machine

local QUIET <const> = {
  GIT_CONFIG_NOSYSTEM = "1", GIT_CONFIG_GLOBAL = "/dev/null", GIT_TERMINAL_PROMPT = "0",
  GIT_AUTHOR_NAME = "A", GIT_AUTHOR_EMAIL = "a@localhost",
  GIT_COMMITTER_NAME = "A", GIT_COMMITTER_EMAIL = "a@localhost",
}

--- Runs the git program in a directory and returns what it printed, without the last line's end.
---@param directory string
---@param ... string
---@return string
function M.git(directory, ...)
  local done = proc.run({ "git", ... },
    { cwd = directory, env = QUIET, timeout = PATIENCE_SECONDS })
  assert(done.code == 0, ("git %s: %s"):format(table.concat({ ... }, " "), done.stderr))
  return (done.stdout:gsub("\n$", ""))
end

--- Starts it, over a directory of its own.
---@return tests.lib.git_server
function M.start()
  local directory, password = temporary.directory(), "pw-" .. temporary.unique()
  local process = proc.spawn({ "node", "tests/lib/git-server.js", directory, password },
    { stdin = "null", stderr = "inherit" })
  local text = ""
  repeat text = text .. assert(process:next(), "the git server did not start").data
  until text:find("\n", 1, true)
  local server = setmetatable(json.decode(text), Server)
  server.process, server.directory, server.password = process, directory, password
  return server
end

--- Makes NAME.git of these files, in one commit on main, and returns the directory of a working
--- tree that pushes there.
---@param name string
---@param files table<string, string>  path -> content
---@return string
function Server:repository(name, files)
  local work = ("%s/%s"):format(self.directory, name)
  M.git(self.directory, "init", "-q", "--bare", "-b", "main", name .. ".git")
  M.git(self.directory, "init", "-q", "-b", "main", name)
  M.git(work, "remote", "add", "origin", ("%s/%s.git"):format(self.directory, name))
  self:commit(name, files)
  return work
end

--- Adds a commit and pushes it; returns its id.
---@param name string
---@param files table<string, string>
---@param branch? string  by default main
---@return string
function Server:commit(name, files, branch)
  local work = ("%s/%s"):format(self.directory, name)
  for path, content in pairs(files) do temporary.write(work .. "/" .. path, content) end
  M.git(work, "add", "-A")
  M.git(work, "commit", "-q", "--allow-empty", "-m", "change")
  M.git(work, "push", "-q", "origin", "HEAD:refs/heads/" .. (branch or "main"))
  return M.git(work, "rev-parse", "HEAD")
end

--- Returns a repository's URL.
---@param mode string  "open", "private", …: see tests/lib/git-server.js
---@param name string
---@param port? string  by default "http"
---@return string
function Server:url(mode, name, port)
  local scheme = port == "tls" and "https" or "http"
  return ("%s://127.0.0.1:%d/%s/%s.git"):format(scheme, self.ports[port or "http"], mode, name)
end

--- The credentials for it, as os2.git takes them.
---@param password? string
---@return table
function Server:credentials(password)
  local host = ("http://127.0.0.1:%d"):format(self.ports.http)
  return { [host] = { username = "robot", password = password or self.password } }
end

--- Returns the requests since the last time: {server, method, path, authorization?}.
---@return table[]
function Server:seen()
  local url = ("http://127.0.0.1:%d/seen"):format(self.ports.http)
  return json.decode(http.request{ method = "DELETE", url = url, timeout = PATIENCE_SECONDS }.body)
end

--- Waits until it has been asked for a path that has this end. Forgets the requests, as `seen`
--- does.
---@param ending string
function Server:wait_for(ending)
  local due = clock.monotonic() + PATIENCE_SECONDS
  while true do
    for _, request in ipairs(self:seen()) do
      if request.path:sub(-#ending) == ending then return end
    end
    assert(clock.monotonic() < due, "nobody has asked for " .. ending)
    task.sleep(0.02)
  end
end

--- Ends it.
function Server:stop()
  self.process:close()
  temporary.remove(self.directory)
end

return M
