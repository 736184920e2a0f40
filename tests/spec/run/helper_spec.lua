--- What the programs get of the environment that os2 runs for its own work. Each is put on the PATH
--- as a script that writes its environment down.
local fs = require("os2.fs")
local program = require("tests.lib.program")
local temporary = require("tests.lib.temporary")

local SECRETS <const> = {
  DAYTONA_API_KEY = "dtn_helper", GITHUB_ACCESS_TOKEN = "ghp_helper", GITHUB_TOKEN = "ghs_helper",
  NPM_TOKEN = "npm_helper", DB_PASSWORD = "pg_helper", DOPPLER_TOKEN = "dp_helper",
}

describe("os2.run.helper", function()
  local home

  local function stand_in(name, further)
    temporary.write(home .. "/bin/" .. name, "")
    fs.write_atomic(home .. "/bin/" .. name, ("#!/bin/sh\nenv >'%s/seen'\n%s\n"):format(home, further or ""),
      { mode = tonumber("755", 8) })
  end

  before_each(function()
    home = temporary.directory()
    temporary.write(home .. "/source/a", "a")
  end)
  after_each(function() temporary.remove(home) end)

  -- Runs a chunk and returns the environment that the program on the PATH saw.
  local function seen(chunk, further)
    local variables = {
      PATH = home .. "/bin:/usr/bin:/bin", HOME = home, LC_TIME = "C", OS2_OTHER = "other",
      HTTPS_PROXY = "http://127.0.0.1:1", SSH_AUTH_SOCK = "/agent", AWS_PROFILE = "team",
      DOCKER_HOST = "ssh://far", DOCKER_CONFIG = home .. "/docker",
    }
    for name, value in pairs(SECRETS) do variables[name] = value end
    for name, value in pairs(further or {}) do variables[name] = value end
    local ran = program.eval(chunk, { env = variables }, { home })
    local found = {}
    for name, value in fs.read(home .. "/seen"):gmatch("([^=\n]+)=([^\n]*)") do
      found[name] = value
    end
    for name, value in pairs(SECRETS) do assert.not_equal(value, found[name], name) end
    assert.equal(nil, found.OS2_OTHER)
    assert.equal(home, found.HOME)
    assert.equal("C", found.LC_TIME)
    return found, ran
  end

  it("tar gets neither keys nor what leads to servers", function()
    stand_in("tar")
    local found = seen([[
      local options = { timeout = 10, warn = print }
      require("os2.tar.stream").pack_source({ directory = arg[1] .. "/source", packed = "a" }, "a", options,
        function() return true end)]])
    assert.equal(nil, found.SSH_AUTH_SOCK)
    assert.equal(nil, found.HTTPS_PROXY)
    assert.equal(nil, found.AWS_PROFILE)
  end)

  it("a credential helper gets what its registry's cloud needs", function()
    stand_in("docker-credential-os2", [[echo '{"Username":"u","Secret":"s"}']])
    local found, ran = seen([[
      local config = require("os2.docker.config")
      io.write(config.credentials({ credsStore = "os2" }, "ghcr.io").username)]])
    assert.equal("u", ran.stdout)
    assert.equal("team", found.AWS_PROFILE)
    assert.equal("http://127.0.0.1:1", found.HTTPS_PROXY)
  end)

  it("ssh gets its agent", function()
    stand_in("ssh", "exit 255")
    local found = seen([[os2.try(docker.ping)]])
    assert.equal("/agent", found.SSH_AUTH_SOCK)
    assert.equal(nil, found.AWS_PROFILE)
  end)

  it("a program that the user has run keeps all", function()
    local ran = program.eval([[io.write(proc.run({ "env" }, { timeout = 10 }).stdout)]],
      { env = SECRETS })
    for name, value in pairs(SECRETS) do
      assert.truthy(ran.stdout:find(name .. "=" .. value, 1, true), name)
    end
  end)
end)
