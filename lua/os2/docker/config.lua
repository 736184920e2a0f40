--- Docker's own configuration: credentials of registries, proxies, headers.
local env = require("os2.env")
local err = require("os2.err")
local foreign = require("os2.text.foreign")
local fs = require("os2.fs")
local own_helper = require("os2.run.helper")
local native_json = require("host.json")
local proc = require("os2.proc")
local run_options = require("os2.run.options")
local secrets = require("os2.text.secrets")
local task = require("os2.task")

---@class os2.docker.config
local M = {}

local HELPER_SECONDS <const> = 30
local HELPER_BYTES <const> = 1024 * 1024
local HUB_KEY <const> = "https://index.docker.io/v1/"
local HUB_HOSTS <const> = {
  ["docker.io"] = true, ["index.docker.io"] = true, ["registry-1.docker.io"] = true,
}

-- Loaded at first use, so that finding the engine's address does not load libcurl.
local function native()
  return require("host.docker")
end

--- Returns the directory of Docker's configuration; nil when there is no home directory.
---@return string?
function M.directory()
  local directory = env.get("DOCKER_CONFIG")
  local home = not directory and env.home()
  return directory or home and home .. "/.docker" or nil
end

local faults = {} -- file -> why it cannot be used; each is reported once

local function pass_over(file, why)
  if faults[file] == why then return {} end
  faults[file] = why
  require("os2.report.progress").warn(("Docker's config %s is passed over: %s"):format(file, why))
  return {}
end

-- As in the Docker command, an empty file is valid. The parser's message is not used, because it
-- would quote the text, which holds secrets.
local function parse(file, text)
  if not text:find("%S") then return {} end
  if text:find("^\239\187\191") then
    return pass_over(file, "it begins with a byte order mark; save it without one")
  end
  local value, failure = native_json.decode(text)
  if value == nil and not failure or value == native_json.null then return {} end
  if type(value) == "table" and text:find("^%s*{") then return value end
  return pass_over(file, "it is not a JSON object")
end

local function file_of(directory)
  return directory and directory .. "/config.json"
end

--- Reads Docker's configuration ($DOCKER_CONFIG/config.json, else ~/.docker/config.json). A file
--- that cannot be read or decoded is ignored with a warning, because most commands do not need it.
---@return table  empty when there is none
function M.load()
  local file = file_of(M.directory())
  if not file or not fs.exists(file) then return {} end
  local is_read, text = pcall(fs.read, file)
  if is_read then return parse(file, text) end
  return pass_over(file, err.from(text).message)
end

--- Returns what to do after a refusal for lack of credentials.
---@return string
function M.login_hint()
  local file = file_of(M.directory())
  if file and faults[file] then
    return ("%s was passed over (%s): repair or remove it, then docker login REGISTRY"):format(file,
      faults[file])
  end
  return "give Docker the registry's credentials: docker login REGISTRY"
end

-- Headers that the Docker command sets itself.
local OWN_HEADERS <const> = { ["user-agent"] = true, host = true }

--- Returns the headers that are sent with each request to the engine (HttpHeaders): "Name: value",
--- sorted. Raises `invalid` (exit 3) for an invalid one.
---@param config table  see `load`
---@return string[]
function M.headers(config)
  local given = {}
  for name, value in pairs(type(config.HttpHeaders) == "table" and config.HttpHeaders or {}) do
    if type(value) == "string" and value ~= "" and not OWN_HEADERS[tostring(name):lower()] then
      given[name] = value
    end
  end
  local is_fit, list = pcall(require("os2.client.headers").list, "HttpHeaders", given)
  if is_fit then return list end
  err.raise(err.new{
    kind = "invalid", exit = "config", op = "docker.config",
    message = "HttpHeaders in Docker's config.json names what cannot be a header",
    hint = "a header's name has letters, digits and dashes, its value no line break",
  })
end

local PROXIES <const> = {
  HTTP_PROXY = "httpProxy", HTTPS_PROXY = "httpsProxy", NO_PROXY = "noProxy",
  FTP_PROXY = "ftpProxy", ALL_PROXY = "allProxy",
}

--- Returns the variables, to which the proxies of Docker's configuration for an engine (its entry,
--- else `default`) are added in upper and lower case; given variables take precedence.
---@param place string  the engine's address, in the form of DOCKER_HOST
---@param place string  the engine's, as DOCKER_HOST writes it
---@param given table<string, string>
---@return table<string, string>
function M.with_proxies(config, place, given)
  local all = type(config.proxies) == "table" and config.proxies or {}
  local chosen = all[place:find("://", 1, true) and place or "tcp://" .. place] or all.default
  local filled = {}
  for name, key in pairs(type(chosen) == "table" and PROXIES or {}) do
    local value = chosen[key]
    if type(value) == "string" and value ~= "" then
      filled[name], filled[name:lower()] = value, value
    end
  end
  for name, value in pairs(given) do filled[name] = value end
  return filled
end

-- Read only when credentials are needed, so that a bad value stops nothing else. The parser's
-- message is not used, because it would quote the text, which holds secrets.
local function override()
  local text = env.get("DOCKER_AUTH_CONFIG")
  if not text then return nil end
  local value = native_json.decode(text)
  if type(value) == "table" then return value.auths end
  err.raise(err.new{
    kind = "invalid", exit = "config", op = "docker.config",
    message = "the variable DOCKER_AUTH_CONFIG is not a JSON object, so registry credentials "
      .. "cannot be read",
    hint = "set DOCKER_AUTH_CONFIG to the content of Docker's config.json, or unset it",
  })
end

--- Returns the key of a registry's host in Docker's configuration; for Docker Hub it is a URL.
---@param host string
---@return string
function M.server(host)
  return HUB_HOSTS[host] and HUB_KEY or host
end

-- Keys may be URLs, as older clients wrote them.
local function hostname(key)
  return (key:gsub("^https?://", ""):gsub("/.*$", ""))
end

local function find_auth(auths, server)
  if type(auths) ~= "table" then return nil end
  if auths[server] then return auths[server] end
  for key, auth in pairs(auths) do
    if hostname(key) == hostname(server) then return auth end
  end
end

local function from_auth(auth)
  if type(auth) ~= "table" then return nil end
  if type(auth.identitytoken) == "string" and auth.identitytoken ~= "" then
    return { identitytoken = auth.identitytoken }
  end
  local username, password = auth.username, auth.password
  if type(auth.auth) == "string" then
    secrets.conceal(auth.auth)
    local plain = native().base64_decode(auth.auth) or ""
    username, password = plain:match("^([^:]*):(.*)$")
    password = password and (password:match("^.*[^%z]") or "")
  end
  return username and username ~= "" and { username = username, password = password or "" } or nil
end

local function helper_failed(helper, server, why)
  err.raise(err.new{
    kind = "denied", op = "docker.credentials",
    message = ("the credential helper docker-credential-%s gave nothing for %s: %s"):format(helper,
      server, why),
    hint = ("log in again (docker login %s), or take the helper out of Docker's config")
      :format(server),
  })
end

local function run_helper(helper, server)
  local argv = { "docker-credential-" .. helper, "get" }
  if run_options.guard then run_options.guard.allow(argv, "credentials") end
  local done, failure = task.try(proc.run, argv, {
    input = server, timeout = HELPER_SECONDS, limit = HELPER_BYTES,
    env = own_helper.changes("credentials"),
  })
  if not done then helper_failed(helper, server, failure.message) end
  return done
end

local function words_of(said, code)
  local line = foreign.first_line(said)
  return line ~= "" and line or ("exit code %s"):format(code)
end

local function from_helper(helper, server)
  local done = run_helper(helper, server)
  if done.code ~= 0 then
    local said = done.stdout .. done.stderr
    if said:find("credentials not found", 1, true) then return nil end
    helper_failed(helper, server, words_of(said, done.code))
  end
  local answer = native_json.decode(done.stdout)
  if type(answer) ~= "table" or type(answer.Secret) ~= "string" then
    helper_failed(helper, server, "its answer is not JSON with a Secret")
  end
  if answer.Username == "<token>" then return { identitytoken = answer.Secret } end
  return { username = answer.Username, password = answer.Secret }
end

local function find_credentials(config, host)
  local server = M.server(host)
  local given = from_auth(find_auth(override(), server))
  if given then return given end
  local helpers = type(config.credHelpers) == "table" and config.credHelpers or {}
  local helper = helpers[server] or helpers[host] or config.credsStore
  if type(helper) == "string" and helper ~= "" then return from_helper(helper, server) end
  return from_auth(find_auth(config.auths, server))
end

-- The engine sends name and password in base64, and a registry may repeat them in its answer, so
-- that form is masked, too.
local function conceal(auth)
  local secret = auth.identitytoken or auth.password
  if not secret then return end
  secrets.conceal(secret)
  local login = native().base64_url(("%s:%s"):format(auth.username or "", secret))
  secrets.conceal(login)
  secrets.conceal((login:gsub("-", "+"):gsub("_", "/")))
end

--- Returns the credentials for a registry from Docker's configuration: {username, password},
--- {identitytoken}, or nil. DOCKER_AUTH_CONFIG, in the same form, takes precedence. The credentials
--- are masked in all later output. May wait for a credential helper.
---@param config table  see `load`
---@param host string  "ghcr.io", "localhost:5000", "docker.io"
---@return table?
function M.credentials(config, host)
  local found = find_credentials(config, host)
  if found then conceal(found) end
  return found
end

--- Returns the value of X-Registry-Auth. The header is always sent: engines before 23 refuse a push
--- without it, and treat unpadded base64 as "no credentials". Its contents are masked in all later
--- output.
---@param auth table?  {username, password}, {identitytoken} or nil for anonymous
---@param host string
---@return string
function M.header(auth, host)
  if not auth then return native().base64_url("{}") end
  local fields = {
    username = auth.username, password = auth.password, identitytoken = auth.identitytoken,
    serveraddress = M.server(host),
  }
  conceal(auth)
  local value = native().base64_url(native_json.encode(fields))
  secrets.conceal(value)
  return value
end

return M
