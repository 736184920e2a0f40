--- Parses an engine's address in the form of DOCKER_HOST: unix, tcp (plain or TLS), ssh.
local err = require("os2.err")
local helper = require("os2.run.helper")

---@class os2.docker.host
local M = {}

local PLAIN_PORT <const>, TLS_PORT <const> = 2375, 2376
-- The host of this URL is never looked up, because the socket is the address.
local SOCKET_URL <const> = "http://docker"

---@class os2.docker.place
---@field kind "unix"|"tcp"|"tls"|"ssh"
---@field name string  the address as people write it: "unix:///var/run/docker.sock"
---@field url string  the base URL for the API's paths
---@field route table  how host.http reaches it: unix_socket, command and its environment,
---  certificates

local FORMS <const> = "write unix:///path/to/docker.sock, tcp://host:port or ssh://user@host"

-- A password must not be printed.
local function shown(text)
  return (text:gsub("(://[^/@]*:)[^/]*@", "%1…@"))
end

local function refuse(source, text, why)
  err.raise(err.new{
    kind = "invalid", exit = "config", op = "docker", hint = FORMS,
    message = ("%s is %s: %s"):format(source, shown(text), why),
  })
end

--- Returns the place for a socket.
---@param path string
---@return os2.docker.place
function M.socket(path)
  return {
    kind = "unix", name = "unix://" .. path, url = SOCKET_URL, route = { unix_socket = path },
  }
end

-- Splits "user@[::1]:22" into its parts; returns nil when it has another form.
local function split(authority)
  local user, address = authority:match("^(.*)@(.*)$")
  local host, port = (address or authority):match("^(%[[%x:.]+%])(.*)$")
  if not host then host, port = (address or authority):match("^([^:%[%]]*)(.*)$") end
  local number = math.tointeger(tonumber(port:match("^:(%d+)$")))
  local is_port = port == "" or number and number > 0 and number < 65536
  if not host or not is_port or host:find("[%s%c?#\\]") then return nil end
  return host, number, user
end

-- For this machine itself no proxy is used.
local function is_here(host)
  return host == "localhost" or host == "[::1]" or host:find("^127%.") ~= nil
end

local function tcp(source, text, rest, tls)
  local authority, path = rest:match("^([^/]*)(.*)$")
  local host, port, user = split(authority)
  if not host or user or path:find("[%s%c?#]") then
    refuse(source, text, "tcp:// takes a host, a port and at most a path")
  end
  if host == "" then host = "localhost" end
  local scheme = tls and "https" or "http"
  port = port or (tls and TLS_PORT or PLAIN_PORT)
  local route = tls or {}
  route.direct = is_here(host) or nil
  return {
    kind = tls and "tls" or "tcp", name = text, route = route,
    url = ("%s://%s:%d%s"):format(scheme, host, port, (path:gsub("/+$", ""))),
  }
end

-- The shell on the other machine splits the command into words again.
local function quote(word)
  if not word:find("[^%w/._:-]") then return word end
  return "'" .. word:gsub("'", "'\\''") .. "'"
end

local function ssh_command(host, port, user, path, connect_timeout)
  local argv = { "ssh", "-o", ("ConnectTimeout=%d"):format(math.ceil(connect_timeout)), "-T" }
  local function add(...)
    table.move({ ... }, 1, select("#", ...), #argv + 1, argv)
  end
  if user then add("-l", user) end
  if port then add("-p", tostring(port)) end
  add("--", (host:gsub("^%[(.*)%]$", "%1")), "docker")
  if path ~= "" then add("--host", quote("unix://" .. path)) end
  add("system", "dial-stdio")
  return argv
end

-- As the Docker command does: a command on the other machine connects its stdin and stdout to the
-- engine's socket.
local function ssh(source, text, rest, connect_timeout)
  local authority, path = rest:match("^([^/]*)(.*)$")
  local host, port, user = split(authority)
  if user and user:find(":", 1, true) then
    refuse(source, text, "passwords are not taken; ssh uses keys and its own configuration")
  elseif not host or host == "" or user == "" or path:find("[%c?#]") then
    refuse(source, text, "ssh:// takes a host, and at most a user, a port and a socket's path")
  end
  path = path == "/" and "" or path
  return {
    kind = "ssh", name = text, url = SOCKET_URL,
    route = {
      command = ssh_command(host, port, user, path, connect_timeout),
      environment = helper.environment("ssh"),
    },
  }
end

--- Returns the place that a text describes. Raises `invalid` (exit 3) for a text that is not an
--- address.
---@param text string  "tcp://10.0.0.1:2376"; without a scheme it means tcp
---@param source string  the option or variable it comes from: "DOCKER_HOST"
---@param options {tls: table?, connect_timeout: number}  tls: the certificates, for tcp;
---  connect_timeout: seconds
---@return os2.docker.place
function M.parse(text, source, options)
  local scheme, rest = text:match("^(%a[%w+.-]*)://(.*)$")
  if not scheme then scheme, rest = "tcp", text end
  if scheme == "unix" and rest:find("^/") then return M.socket(rest) end
  if scheme == "tcp" then return tcp(source, text, rest, options.tls) end
  if scheme == "ssh" then return ssh(source, text, rest, options.connect_timeout) end
  if scheme == "unix" then refuse(source, text, "unix:// takes an absolute path") end
  refuse(source, text, ("os2 does not reach engines by %s://"):format(scheme))
end

return M
