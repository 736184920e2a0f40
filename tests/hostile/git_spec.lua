--- A git server that answers wrongly: clone, fetch, ls_remote, and a machine's boot.
---
--- A long run tries all that a git server can do wrong at each request of each verb; a normal one a
--- third of it at each verb, the next third at the next one.
local err = require("os2.err")
local fs = require("os2.fs")
local git_server = require("tests.lib.git_server")
local hostile = require("tests.lib.hostile")
local hostile_server = require("tests.lib.hostile_server")
local lfs = require("lfs")
local temporary = require("tests.lib.temporary")

local git = git_server.git

-- Says the kind of its error on stdout: the exit code tells several kinds as one.
local CHUNK <const> = [[
local name, port = ...
local url = ("http://127.0.0.1:%%s/open/one.git"):format(port)
local _, failure = task.try(function() %s end)
if failure then
  print("KIND " .. failure.kind)
  error(failure, 0)
end]]

local CLONE <const> = CHUNK:format('os2.git.clone{ url = url, path = name .. "/clone" }:result()')
local LIST <const> = CHUNK:format("os2.git.ls_remote{ url = url }")
local FETCH <const> = CHUNK:format[[
  os2.git.config_set(name .. "/clone", "remote.origin.url", url)
  os2.git.fetch{ path = name .. "/clone" }:result()]]

local BOOT <const> = [[
policy.set("entry.repository", "http://127.0.0.1:{PORT}/open/one.git")
policy.set("entry.path", "%s/{NAME}/clone")
for _, step in ipairs{ "install", "build", "daemon" } do policy.drop("entry.steps", step) end
]]

local MEGABYTES <const> = 350 -- the list of references alone may have 128 (git.advertisement_limit)

local BROKEN <const> = { network = true, protocol = true }
local LATE <const> = { timeout = true }

-- The kinds that fit; where a mode is not named, the connection or the answer is broken.
local KINDS <const> = {
  mute = LATE, ["slow-head"] = LATE, ["git-slow"] = LATE,
  slow = { timeout = true, protocol = true },
  ["git-endless"] = { timeout = true, protocol = true },
  ["git-huge"] = { timeout = true, protocol = true, network = true },
  ["git-401"] = { denied = true }, ["git-403"] = { denied = true },
  ["git-404"] = { not_found = true }, ["git-429"] = { unavailable = true },
  ["git-500"] = { unavailable = true }, ["git-503"] = { unavailable = true },
  huge = { unavailable = true, protocol = true }, ["html-error"] = { unavailable = true },
  ["git-circle"] = { protocol = true }, loop = { protocol = true },
  ["git-wrong-type"] = { protocol = true }, ["wrong-type"] = { protocol = true },
}

local SHARE <const> = hostile.IS_LONG and 1 or 3 -- there are three verbs

describe("a git server that answers wrongly", function()
  local server, real, directory, work, first

  setup(function()
    real, server, directory = git_server.start(), hostile_server.start(), temporary.directory()
    work = real:repository("one", { ["a.txt"] = ("a line\n"):rep(500), ["d/b.txt"] = "b\n" })
    git(directory, "clone", "-q", "--bare", work, "first.git")
    first = git(work, "rev-parse", "HEAD")
    real:commit("one", { ["c.txt"] = ("another line\n"):rep(500) })
  end)

  teardown(function()
    if server then server:stop() end
    if real then real:stop() end
    temporary.remove(directory)
  end)

  local function root(name) return directory .. "/" .. name end

  local function new_directory(name) assert(lfs.mkdir(root(name))) end

  -- A clone that is one commit behind.
  local function new_clone(name)
    new_directory(name)
    git(root(name), "clone", "-q", directory .. "/first.git", "clone")
  end

  local function kind_fault(ran, mode)
    local kind = ran.stdout:match("KIND (%S+)")
    if not kind or not (KINDS[mode] or BROKEN)[kind] then return "kind " .. tostring(kind) end
    local code = err.exit_code(err.new{ kind = kind, op = "", message = "" })
    return ran.code ~= code and "another exit code than its kind's" or nil
  end

  local function left_fault(ran, name)
    if ran.code == 0 then return "exit code 0" end
    local names = table.concat(fs.list(root(name)), " ")
    return names ~= "" and "it left " .. names or nil
  end

  local function clone_fault(ran, name, mode)
    return left_fault(ran, name) or kind_fault(ran, mode)
  end

  -- All that a fetch may change: where it stands, the references, the packs.
  local function fetch_fault(ran, name, mode)
    local clone = root(name) .. "/clone"
    local refs = git(clone, "for-each-ref", "--format=%(objectname)"):gsub("\n", " ")
    local were = ("%s %s %s"):format(first, first, first)
    if refs ~= were then return "references are " .. refs end
    if git(clone, "status", "--porcelain") ~= "" then return "files are changed" end
    local packs = table.concat(fs.list(clone .. "/.git/objects/pack"), " ")
    local is_left = packs:find("pack_", 1, true) or packs:find("tmp", 1, true)
    if is_left then return "it left " .. packs end
    return kind_fault(ran, mode)
  end

  local function verb(chunk, more)
    local made = {
      words = { "-e", chunk, "M", "{PORT}" }, cwd = directory, prepare = new_directory,
      is_typed = true, megabytes = MEGABYTES,
      upstream = ("http://127.0.0.1:%d"):format(real.ports.http),
      environment = function()
        return { HOME = directory, http_proxy = false, HTTP_PROXY = false, GITHUB_REPOS = false }
      end,
    }
    for key, value in pairs(more or {}) do made[key] = value end
    return made
  end

  local turn = 0

  local function git_modes()
    turn = turn + 1
    local modes, chosen = server:git_modes(), {}
    for index = turn % SHARE + 1, #modes, SHARE do chosen[#chosen + 1] = modes[index] end
    return chosen
  end

  local function is_refused(what, make)
    it("is refused by " .. what, function()
      assert.same({}, hostile.faults(server, make()))
      assert.same({}, hostile.faults(server, make(), git_modes()))
    end)
  end

  is_refused("git.clone", function() return verb(CLONE, { check = clone_fault }) end)
  is_refused("git.fetch", function()
    return verb(FETCH, { prepare = new_clone, check = fetch_fault })
  end)
  is_refused("git.ls_remote", function()
    return verb(LIST, { check = function(ran, _, mode) return kind_fault(ran, mode) end })
  end)

  it("ends a machine's boot, which leaves nothing", function()
    local boot = verb("", {
      words = { "entry" }, policy = BOOT:format(directory), check = left_fault,
    })
    assert.same({}, hostile.faults(server, boot, { "closed", "git-half", "git-slow", "git-503" }))
  end)

  it("is left at the first signal", function()
    local cases = { { verb(CLONE), "mute" }, { verb(CLONE, { after = 1 }), "git-slow" },
      { verb(FETCH, { prepare = new_clone, after = 1 }), "git-slow" } }
    for _, case in ipairs(cases) do
      assert.equal(130, hostile.interrupted(server, table.unpack(case)).code, case[2])
    end
    for _, name in ipairs(fs.list(directory)) do
      assert.is_nil(name:find("os2-clone", 1, true), name)
    end
  end)
end)
