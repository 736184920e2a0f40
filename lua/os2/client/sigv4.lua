--- Signs requests with AWS Signature Version 4, as object storage (S3) reads it.
---
--- os2 signs by itself, because libcurl 7.88 writes the canonical path by other rules than S3: it
--- sends `+ : @ ( )` and `%7E` as they are in the URL, and signs them so.
local clock = require("os2.clock")
local hash = require("os2.hash")

---@class os2.client.sigv4
local M = {}

local ALGORITHM <const> = "AWS4-HMAC-SHA256"
local END <const> = "aws4_request"

-- Loaded at first use, so that nothing else loads libcrypto.
local function hmac(key, data)
  return require("host.crypto").hmac_sha256(key, data)
end

local function hex(bytes)
  return (bytes:gsub(".", function(c) return ("%02x"):format(c:byte()) end))
end

--- Returns a path as it stands in the URL and in the signature: S3 leaves letters, digits and
--- `- . _ ~ /` as they are, and encodes every other byte once.
---@param path string  bytes, not encoded
---@return string
function M.encode_path(path)
  return (path:gsub("[^%w%-._~/]", function(c) return ("%%%02X"):format(c:byte()) end))
end

---@class os2.client.sigv4.credentials
---@field access_key string
---@field secret string
---@field session_token string?
---@field region string
---@field service string  "s3"

local function canonical_headers(headers)
  local names, lines = {}, {}
  for name in pairs(headers) do names[#names + 1] = name end
  table.sort(names)
  for index, name in ipairs(names) do lines[index] = ("%s:%s\n"):format(name, headers[name]) end
  return table.concat(lines), table.concat(names, ";")
end

local function signing_key(credentials, day)
  local key = hmac("AWS4" .. credentials.secret, day)
  key = hmac(hmac(key, credentials.region), credentials.service)
  return hmac(key, END)
end

local function authorization(request, headers, credentials, time)
  local lines, names = canonical_headers(headers)
  local canonical = table.concat({
    request.method, request.path, "", lines, names, request.payload_hash,
  }, "\n")
  local day = time:sub(1, 8)
  local scope = ("%s/%s/%s/%s"):format(day, credentials.region, credentials.service, END)
  local text = table.concat({ ALGORITHM, time, scope, hash.sha256(canonical) }, "\n")
  local signature = hex(hmac(signing_key(credentials, day), text))
  return ("%s Credential=%s/%s, SignedHeaders=%s, Signature=%s"):format(ALGORITHM,
    credentials.access_key, scope, names, signature)
end

--- Returns the headers that a request without a query needs. `path` is encoded (`encode_path`),
--- `host` is the Host header as it is sent, `payload_hash` is the SHA-256 of the body.
---@param request {method: string, host: string, path: string, payload_hash: string}
---@param credentials os2.client.sigv4.credentials
---@param now? number  seconds since 1970, by default the time of this machine
---@return table<string, string>
function M.headers(request, credentials, now)
  local time = clock.iso(math.floor(now or clock.now())):gsub("[-:]", "")
  local headers = {
    host = request.host, ["x-amz-date"] = time, ["x-amz-content-sha256"] = request.payload_hash,
    ["x-amz-security-token"] = credentials.session_token,
  }
  local signed = authorization(request, headers, credentials, time)
  headers.host, headers.authorization = nil, signed
  return headers
end

return M
