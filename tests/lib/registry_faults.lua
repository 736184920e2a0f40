--- What a registry can answer wrongly while an image is pushed, and what os2 says of it then.
---
--- A fault is {name, only, given, after?, code, says}: which requests are answered so (`only`, as
--- tests/lib/hostile-registry.js takes it), the exit code, and words of stderr. Where `is_late`,
--- the engine sends a layer again and again, so that the push ends by its deadline.
local json = require("os2.json")

---@class tests.lib.registry_faults
local M = {}

local PING <const> = "^GET /v2/$"
local UPLOAD <const> = "^POST "
local MANIFEST <const> = "^PUT .*/manifests/"
local LOOK <const> = "^HEAD .*/manifests/"
local JSON <const> = { ["Content-Type"] = "application/json" }
local HTML <const> = { ["Content-Type"] = "text/html" }

local DENIED <const>, FAILED <const>, UNAVAILABLE <const>, TIMEOUT <const> = 7, 1, 75, 5

local function page(status)
  return { status = status, headers = HTML, body = "<html><title>no</title>no</html>" }
end

local function errors(status, code, message)
  local told = { { code = code, message = message } }
  return { status = status, headers = JSON, body = json.encode{ errors = told } }
end

local function fault(name, only, given, code, says)
  return {
    name = name, only = only, given = given, code = code, says = tostring(says),
  }
end

local function late(name, only, given)
  local made = fault(name, only, given, TIMEOUT, "the engine was sending it again")
  made.is_late = true
  return made
end

local function challenge(text)
  return { status = 401, headers = { ["WWW-Authenticate"] = text } }
end

-- Sends the engine to a token server, which answers so.
local function tokens(token)
  local given = challenge('Bearer realm="http://127.0.0.1:{PORT}/token",service="x"')
  given.token = token
  return given
end

local EVERYWHERE <const> = "/v2/|/token"

--- Challenges that lead nowhere, and token servers that give no token.
M.tokens = {
  fault("no challenge", EVERYWHERE, { status = 401 }, DENIED, "unauthorized"),
  fault("no scheme", EVERYWHERE, challenge('Nonsense ,,,="x'), DENIED, "unauthorized"),
  late("no realm", EVERYWHERE, challenge('Bearer service="x"')),
  fault("no token", EVERYWHERE, tokens{ status = 200, headers = JSON, body = "{}" }, FAILED,
    "did not include a token"),
  fault("an expired token", EVERYWHERE, tokens{ status = 200, headers = JSON,
    body = '{"token":"abc","expires_in":-5}' }, DENIED, "unauthorized"),
  fault("token 401", EVERYWHERE, tokens(errors(401, "UNAUTHORIZED", "who?")), DENIED, "who?"),
  fault("token 403", EVERYWHERE, tokens(errors(403, "DENIED", "not you")), DENIED, "not you"),
  late("token page", EVERYWHERE, tokens(page(200))),
  late("token number", EVERYWHERE, tokens{ status = 200, headers = JSON, body = '{"token":7}' }),
  late("token empty", EVERYWHERE, tokens{ status = 200 }),
  late("token 500", EVERYWHERE, tokens(page(500))),
  late("token reset", EVERYWHERE, tokens{ isClosed = true }),
}

--- Statuses, with a page of HTML or with the registry's own words.
M.statuses = {}
for _, status in ipairs{ 400, 401, 403, 404, 405, 413, 418, 429, 500, 503 } do
  table.insert(M.statuses, fault("ping " .. status, PING, page(status), DENIED, "unauthorized"))
end
for status, code in pairs{
  [400] = FAILED, [403] = DENIED, [404] = FAILED, [405] = FAILED, [413] = FAILED,
  [418] = FAILED, [429] = UNAVAILABLE,
} do
  table.insert(M.statuses, fault("upload " .. status, UPLOAD, page(status), code, status))
  table.insert(M.statuses, fault("manifest " .. status, MANIFEST, page(status), code, status))
end
for _, status in ipairs{ 500, 502, 503, 504 } do
  table.insert(M.statuses, late("upload " .. status, UPLOAD, page(status)))
  table.insert(M.statuses, fault("manifest " .. status, MANIFEST, page(status), UNAVAILABLE,
    status))
end
for _, after in ipairs{
  "5", "0", "-1", "soon", "Fri, 27 Nov 2026 23:00:00 GMT", "99999999999999999999",
} do
  local given = errors(429, "TOOMANYREQUESTS", "slow down")
  given.headers = { ["Retry-After"] = after, ["Content-Type"] = "application/json" }
  table.insert(M.statuses, fault("Retry-After " .. after, UPLOAD, given, UNAVAILABLE, "slow down"))
end

local STEERING <const> = "no \27[31mway\0\7\r\n \226\128\174 out"

local function body(text)
  return { status = 400, headers = JSON, body = text }
end

--- Bodies that are not what a registry answers.
M.bodies = {
  fault("echo", UPLOAD, body("{AUTHORIZATION}"), FAILED, "Basic ***"),
  fault("echo in words", UPLOAD, errors(403, "DENIED", "{AUTHORIZATION}"), DENIED, "Basic ***"),
  fault("controls", UPLOAD, body(STEERING), FAILED, "400"),
  fault("controls in words", UPLOAD, errors(403, "DENIED", STEERING), DENIED, "no way"),
  fault("huge", UPLOAD, { status = 400, body = "x", blank = 8000000 }, FAILED, "limit"),
  fault("huge words", MANIFEST, errors(400, "DENIED", ("no "):rep(1e5)), DENIED, "denied: no no"),
  fault("no list", UPLOAD, body('{"errors":7}'), FAILED, "400"),
  fault("no errors", UPLOAD, body('{"errors":[]}'), FAILED, "400"),
  fault("errors of nothing", MANIFEST, body('{"errors":[null]}'), FAILED, "unknown"),
  fault("null", UPLOAD, body("null"), FAILED, "400"),
  fault("nothing", UPLOAD, body(""), FAILED, "400"),
  late("an unknown code", UPLOAD, errors(400, "WHATEVER", "unheard of")),
}

local NOT_FOUND <const> = 4
local OTHER_CODES <const> = {
  MANIFEST_UNKNOWN = NOT_FOUND, UNAUTHORIZED = DENIED, DENIED = DENIED,
  TOOMANYREQUESTS = UNAVAILABLE,
}

--- Each code that a registry refuses a manifest with.
M.codes = {}
for _, code in ipairs{
  "BLOB_UNKNOWN", "BLOB_UPLOAD_INVALID", "BLOB_UPLOAD_UNKNOWN", "DIGEST_INVALID",
  "MANIFEST_BLOB_UNKNOWN", "MANIFEST_INVALID", "MANIFEST_UNKNOWN", "MANIFEST_UNVERIFIED",
  "NAME_INVALID", "NAME_UNKNOWN", "SIZE_INVALID", "TAG_INVALID", "UNAUTHORIZED", "DENIED",
  "UNSUPPORTED", "TOOMANYREQUESTS", "UNKNOWN", "WHATEVER",
} do
  table.insert(M.codes, fault(code, MANIFEST, errors(400, code, "because of " .. code),
    OTHER_CODES[code] or FAILED, "because of " .. code))
end

local function changed(name, value)
  return { isChanged = true, headers = { [name] = value } }
end

--- Uploads that go on nowhere.
M.locations = {}
for name, location in pairs{
  missing = "", foreign = "http://127.0.0.1:1/x", nonsense = ":::%%%", relative = "../../nothing",
} do
  table.insert(M.locations, late(name .. " at first", UPLOAD, changed("location", location)))
  table.insert(M.locations, late(name .. " later", "^PATCH ", changed("location", location)))
end

local DIGEST <const> = "docker-content-digest"
local ANOTHER <const> = "sha256:" .. ("0"):rep(64)
local DIGESTS <const> = { another = ANOTHER, nonsense = "nonsense", missing = "" }

--- What the engine does not mind: the manifest is in the registry, and Daytona will say the rest.
M.taken = {}
for name, digest in pairs(DIGESTS) do
  for what, only in pairs{ upload = "^PUT .*/uploads/", blob = "^HEAD .*/blobs/", image = LOOK } do
    table.insert(M.taken, fault(("%s digest of the %s"):format(name, what), only,
      changed(DIGEST, digest), 0, ""))
  end
end
for _, status in ipairs{ 400, 401, 403, 404, 429, 500 } do
  table.insert(M.taken, fault("look " .. status, LOOK, page(status), 0, ""))
end
table.insert(M.taken, fault("another digest of the manifest", MANIFEST, changed(DIGEST, ANOTHER), 0,
  ""))

--- A manifest whose digest cannot be read, or that is not taken at all.
M.manifests = {
  fault("no digest", MANIFEST, changed(DIGEST, ""), FAILED, "digest"),
  fault("a digest that is none", MANIFEST, changed(DIGEST, "nonsense"), FAILED, "digest"),
}
for _, status in ipairs{ 200, 202, 204, 301 } do
  table.insert(M.manifests, fault("manifest " .. status, MANIFEST, { status = status }, FAILED,
    "digest"))
end

local RESET <const> = "connection reset by peer"
-- Requests of a push of one layer, from the ping to the manifest; the engine sends a layer again.
local REQUESTS <const>, OF_THE_LAYER <const> = 11, 4

--- The connection is reset at each request of a push.
M.resets = {}
for after = 0, REQUESTS - 1 do
  local is_layer = after > 0 and after <= OF_THE_LAYER
  local made = is_layer and late("reset", "/v2/", { isClosed = true })
    or fault("reset", "/v2/", { isClosed = true }, UNAVAILABLE, RESET)
  made.after = after
  M.resets[after + 1] = made
end
M.resets[REQUESTS].says = "/manifests/" -- the last of them

for _, list in pairs(M) do
  table.sort(list, function(one, other)
    if one.name ~= other.name then return one.name < other.name end
    return (one.after or 0) < (other.after or 0)
  end)
end

M.REQUESTS = REQUESTS

return M
