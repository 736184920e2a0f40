--- host.git: each verb has options of its own, and refuses those of another verb.
local native_git = require("host.git")

local SERVER <const> = {
  "credentials", "ca_file", "list_limit", "move_limit", "connect_timeout", "idle_timeout",
}

-- The options of each verb, besides `timeout`; those that it needs stand first, up to `needs`.
local VERBS <const> = {
  clone = { needs = 2, "path", "url", "branch", "depth", table.unpack(SERVER) },
  fetch = { needs = 1, "path", "remote", "branch", table.unpack(SERVER) },
  reset = { needs = 2, "path", "revision", "remote", "branch" },
  head = { needs = 1, "path" },
  branch = { needs = 2, "path", "branch" },
  is_ancestor = { needs = 3, "path", "commit", "revision" },
  tree = { needs = 2, "path", "revision" },
  untracked = { needs = 1, "path" },
  lost_submodules = { needs = 2, "path", "revision" },
  status = { needs = 1, "path", "without_submodules" },
  files = { needs = 1, "path" },
  remotes = { needs = 1, "path" },
  ls_remote = { needs = 1, "url", table.unpack(SERVER) },
  config_get = { needs = 2, "path", "key" },
  config_set = { needs = 2, "path", "key", "value" },
}

-- A value of the right type for each option. Nothing is at the path, and no server at the URL.
local VALUES <const> = {
  path = "/nowhere", url = "ftp://nowhere", branch = "b", remote = "r", revision = "v", commit = "c",
  key = "k", value = "v", without_submodules = true, depth = 3, credentials = {}, ca_file = "/f",
  list_limit = 1, move_limit = 1, connect_timeout = 1, idle_timeout = 1,
}

local function names_of(values)
  local names = {}
  for name in pairs(values) do names[#names + 1] = name end
  table.sort(names)
  return names
end

-- A request with the first `count` options of a verb.
local function request_with(verb, count)
  local request = { timeout = 5 }
  for index = 1, count do request[VERBS[verb][index]] = VALUES[VERBS[verb][index]] end
  return request
end

-- What a verb says of misuse; nil where it takes the request, whatever comes of it.
local function misuse_of(verb, request)
  local ok, answer = pcall(native_git[verb], request)
  if not ok then return answer end
  if type(answer) == "userdata" then answer:close() end
end

describe("host.git's options", function()
  it("are known for every verb", function()
    local verbs = {}
    for name, value in pairs(native_git) do
      if type(value) == "function" then verbs[name] = true end
    end
    assert.same(names_of(VERBS), names_of(verbs))
  end)

  for _, verb in ipairs(names_of(VERBS)) do
    local known = {}
    for _, name in ipairs(VERBS[verb]) do known[name] = true end

    it(verb .. " takes its own, all of them", function()
      assert.is_nil(misuse_of(verb, request_with(verb, #VERBS[verb])))
    end)

    it(verb .. " refuses those of the others, and what none knows", function()
      for _, name in ipairs{ "no_such_option", table.unpack(names_of(VALUES)) } do
        if not known[name] then
          local request = request_with(verb, VERBS[verb].needs)
          request[name] = VALUES[name] or 1
          assert.equal(("bad argument #1 to 'host.git.%s' (unknown option '%s')"):format(verb, name),
            misuse_of(verb, request))
        end
      end
    end)

    it(verb .. " names one that it misses", function()
      for index = 1, VERBS[verb].needs do
        local request = request_with(verb, VERBS[verb].needs)
        local name = VERBS[verb][index]
        request[name] = nil
        assert.equal(("bad argument #1 to 'host.git.%s' (option '%s' must be a string, not nil)"):format(
          verb, name), misuse_of(verb, request))
      end
      local untimed = request_with(verb, VERBS[verb].needs)
      untimed.timeout = nil
      assert.matches("option 'timeout' must be a number, not nil", misuse_of(verb, untimed), 1, true)
    end)
  end

  it("that are numbers have a range", function()
    for name, value in pairs{ depth = -1, move_limit = 1e300, list_limit = -5 } do
      local request = request_with("clone", 2)
      request[name] = value
      assert.matches("option '" .. name .. "' must be a number", misuse_of("clone", request), 1, true)
    end
  end)
end)
