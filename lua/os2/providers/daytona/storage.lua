--- The object storage that build contexts go to: S3, with the short-lived access that Daytona
--- gives.
---
--- A context is an object named by the digest of its bytes. So one that is there is never sent
--- again, and the storage itself checks what arrives against its name.
local err = require("os2.err")
local foreign = require("os2.text.foreign")
local http = require("os2.http")
local policy = require("os2.policy")
local retry = require("os2.client.retry")
local sigv4 = require("os2.client.sigv4")

---@class os2.providers.daytona.storage
---@field package access table  as GET /object-storage/push-access gives it
---@field package place {scheme: string, host: string, path: string}
---@field package region string
local Storage = {}
Storage.__index = Storage

local M = {}

local SERVICE <const> = "s3"
local USUAL_REGION <const> = "us-east-1"
local FILE <const> = "context.tar" -- the name that Daytona's builder asks for
local EMPTY_DIGEST <const> = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
local MESSAGE_BYTES <const> = 200 -- most bytes of the storage's own words
local USUAL_PORT <const> = { http = ":80", https = ":443" }

local function place_of(url)
  local scheme, host, path = url:match("^(https?)://([^/?#@]+)(/?[^?#]*)$")
  if not scheme then
    err.raise(err.new{
      kind = "protocol", op = "daytona.storage",
      message = ("Daytona names an object storage that is no http address: %s"):format(
        foreign.line(url, MESSAGE_BYTES)),
    })
  end
  local usual = USUAL_PORT[scheme]
  if host:sub(-#usual) == usual then host = host:sub(1, -#usual - 1) end
  return { scheme = scheme, host = host, path = path:gsub("/+$", "") }
end

-- A newer API names the region; of AWS's own addresses it is a part.
local function region_of(access, host)
  if type(access.region) == "string" and access.region ~= "" then return access.region end
  return host:match("^s3[.-]([%w-]+)%.amazonaws%.com") or USUAL_REGION
end

--- Opens the storage with an access as GET /object-storage/push-access gives it.
---@param access table
---@return os2.providers.daytona.storage
function M.open(access)
  local place = place_of(access.storageUrl)
  return setmetatable({
    access = access, place = place, region = region_of(access, place.host),
  }, Storage)
end

local function path_of(self, name)
  local access = self.access
  return self.place.path .. sigv4.encode_path(
    ("/%s/%s/%s/%s"):format(access.bucket, access.organizationId, name, FILE))
end

local function request_of(self, method, name, payload_hash)
  local path, place, access = path_of(self, name), self.place, self.access
  local headers = sigv4.headers({
    method = method, host = place.host, path = path, payload_hash = payload_hash,
  }, {
    access_key = access.accessKey, secret = access.secret, session_token = access.sessionToken,
    region = self.region, service = SERVICE,
  })
  return {
    method = method, url = ("%s://%s%s"):format(place.scheme, place.host, path), headers = headers,
  }
end

local function words_of(response)
  local code = response.body:match("<Code>([^<]*)</Code>")
  local message = response.body:match("<Message>([^<]*)</Message>")
  local words = code and (message and code .. ": " .. message or code) or ""
  return foreign.line(words ~= "" and words or "no reason given", MESSAGE_BYTES)
end

-- S3 asks to try again after this one, too, which is no answer of an API that never passes.
local INTERNAL_ERROR <const> = 500

local KINDS <const> = { [400] = "invalid", [403] = "denied", [404] = "not_found",
  [429] = "unavailable" }

local HINTS <const> = {
  RequestTimeTooSkewed = "set this machine's clock: the storage compares it with its own",
  XAmzContentSHA256Mismatch = "something wrote to the context while it was sent: run again",
  SignatureDoesNotMatch = "a proxy in between may change requests: reach the storage without it",
}

local function fail(self, response)
  local status = response.status
  err.raise(err.new{
    kind = status >= 500 and "unavailable" or KINDS[status] or "protocol",
    status = status ~= INTERNAL_ERROR and status or nil,
    op = "daytona.storage", is_sent = true, retryable = status >= 500 or status == 429,
    message = ("the object storage %s answers %d: %s"):format(self.place.host, status,
      words_of(response)),
    hint = HINTS[response.body:match("<Code>([^<]*)</Code>")],
  })
end

-- AWS names the bucket's region where a request was signed for another one.
local function learns_region(self, response)
  local region = response.headers["x-amz-bucket-region"]
  if not region or region == self.region or response.status < 300 then return false end
  self.region = region
  return true
end

local function head(self, name)
  local response = http.request(request_of(self, "HEAD", name, EMPTY_DIGEST))
  if learns_region(self, response) then
    response = http.request(request_of(self, "HEAD", name, EMPTY_DIGEST))
  end
  local status = response.status
  if status >= 500 or status == 429 then fail(self, response) end
  return status
end

--- Returns true when the storage has a context of this name. S3 answers 403 for what is not there
--- to an access that may not list: whether that access may write, the upload then tells.
---@param name string
---@return boolean
function Storage:has(name)
  local status = retry.run(function() return head(self, name) end)
  if status == 200 or status == 404 or status == 403 then return status == 200 end
  return fail(self, { status = status, body = "" })
end

--- Sends a context: `pieces` is an iterator over its bytes, `on_sent` is told the bytes that were
--- sent so far. Raises what the storage answers. The digest of the bytes is signed, and the storage
--- refuses other ones.
---@param name string  the digest of the bytes
---@param size integer
---@param pieces fun(): string?
---@param on_sent fun(bytes: integer)
function Storage:put(name, size, pieces, on_sent)
  local request = request_of(self, "PUT", name, name)
  request.headers["content-type"] = "application/x-tar"
  request.send, request.send_size = true, size
  request.idle_timeout = policy.ask("timeouts.storage_idle")
  local stream <close> = http.stream(request)
  local sent = 0
  for piece in pieces do
    if not stream:send(piece) then break end -- the answer has come already
    sent = sent + #piece
    on_sent(sent)
  end
  stream:send_end()
  local response = err.check(stream:result())
  if response.status >= 300 then fail(self, response) end
end

return M
