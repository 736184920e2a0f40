--- Every operation of both APIs, sent with every field it has to a server that holds the requests to
--- the descriptions.
local env = require("os2.env")
local http = require("os2.http")
local json = require("os2.json")
local proc = require("os2.proc")
local temporary = require("tests.lib.temporary")

local OS2 <const> = env.get("OS2") or "build/os2"

-- Kept as routes of the stand-in; the real API answers an API key with 401 there.
local NOT_FOR_API_KEYS <const> = {
  ["daytona.create_api_key"] = true, ["daytona.delete_api_key"] = true,
  ["daytona.delete_api_key_for_user"] = true, ["daytona.get_api_key"] = true,
  ["daytona.get_authenticated_user"] = true, ["daytona.get_organization"] = true,
  ["daytona.get_organization_usage_overview"] = true, ["daytona.list_api_keys"] = true,
  ["daytona.list_organizations"] = true,
}

describe("the contract with both APIs", function()
  local directory, process, server

  local function ask(path)
    return json.decode(http.request{ url = server.url .. path }.body)
  end

  local function run(...)
    local ran = proc.run({ OS2, "--isolated", ... }, { timeout = 400, env = {
      CONTRACT_URL = server.url, DAYTONA_API_URL = server.url .. "/api", DAYTONA_API_KEY = "dtn_contract",
      DAYTONA_ORGANIZATION_ID = false, DOCKER_HOST = "unix://" .. server.socket, DOCKER_CONTEXT = false,
      DOCKER_API_VERSION = false,
    } })
    return ran
  end

  setup(function()
    directory = temporary.directory()
    process = proc.spawn({ "node", "tests/contract/server.js", directory },
      { stdin = "null", stderr = "inherit" })
    server = json.decode(assert(process:next(), "the contract server did not start").data)
  end)

  teardown(function()
    process:close()
    temporary.remove(directory)
  end)

  it("is kept by every operation that is described", function()
    local ran = run("tests/contract/send.lua")
    assert.equal(0, ran.code, ran.stderr)
    local sent, verdict = json.decode(ran.stdout), ask("/_verdict")
    assert.same({}, verdict.refused)
    local accepted = {}
    for _, name in ipairs(verdict.accepted) do accepted[name] = true end
    local described = 0
    for _, call in ipairs(ask("/_calls")) do
      local name = call.api .. "." .. call.operation
      if not NOT_FOR_API_KEYS[name] then
        described = described + 1
        assert.is_true(accepted[name], name .. " is described and was not sent and accepted")
      end
    end
    local rows = 0
    for api, names in pairs(sent.operations) do
      for _, name in ipairs(names) do
        rows = rows + 1
        assert.is_true(accepted[api .. "." .. name], api .. "." .. name .. " has a row and was not accepted")
      end
    end
    assert.equal(described, rows)
    assert.equal(sent.called - rows, #sent.failed)
  end)

  it("is no contract that everything keeps", function()
    for _, case in ipairs{
      { "daytona.request('GET', '/nosuch')", "no such operation" },
      { "daytona.request('GET', '/snapshots?sorted=x')", "sorted is no key of the query" },
      { "daytona.api.create_snapshot{ name = 1 }", "body/name must be string" },
      { "daytona.api.create_snapshot{}", "body must have required property" },
      { "docker.api.put_container_archive({ id = 'x' }, { body = 'x' })", "path is missing" },
      { "docker.request('PUT', '/containers/x/archive', { body = 'x' })", "type is 'application/json'" },
    } do
      local ran = run("-e", case[1])
      assert.equal(1, ran.code, case[1])
      assert.truthy(ran.stderr:find(case[2], 1, true), ran.stderr)
    end
  end)
end)
