--- Makes every call that the contract server names; prints what os2 has and what failed.
--- and the calls that failed.
local os2 = require("os2")

local url = os2.env.get("CONTRACT_URL")
local calls = os2.json.decode(os2.http.request{ url = url .. "/_calls" }.body)

local CLIENTS <const> = {
  daytona = os2.daytona.api,
  toolbox = os2.daytona.toolbox{ id = "sandbox", toolboxProxyUrl = url .. "/toolbox/" }.api,
  docker = os2.docker.api,
}

local function send(call)
  local operation = CLIENTS[call.api][call.operation]
  if not next(call.options.headers) then call.options.headers = nil end
  operation(call.params, call.options)
end

local failed = {}
for _, call in ipairs(calls) do
  local ok, failure = pcall(send, call)
  if not ok then
    failed[#failed + 1] = ("%s.%s: %s"):format(call.api, call.operation, tostring(failure))
  end
end

print(os2.json.encode{
  called = #calls, failed = os2.json.array(failed),
  operations = {
    daytona = os2.daytona.operations(), docker = os2.docker.operations(),
    toolbox = require("host.daytona").toolbox.operations(),
  },
})
