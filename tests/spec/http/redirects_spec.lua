--- os2.http: redirects, and what goes along.
local failure_of = require("tests.lib.failure_of")
local host = require("host.http")
local json = require("os2.json")
local policy = require("os2.policy")
local requests = require("tests.lib.http_requests")

describe("os2.http", function()
  local shared, server = requests.new(), nil

  setup(function() server = shared.start() end)
  teardown(shared.stop)

  local get = shared.get

  describe("redirects", function()
    local SECRETS <const> = {
      Authorization = "Bearer x", Cookie = "a=b", ["X-Api-Key"] = "x", ["X-Registry-Auth"] = "x",
      ["X-Token"] = "x", ["X-Password"] = "x", ["X-Plain"] = "x", ["X-Session"] = "x",
      Accept = "text/plain",
    }

    local function follow(to, options)
      local settings = { redirects = 3, headers = SECRETS }
      for key, value in pairs(options or {}) do settings[key] = value end
      return get("/redirect", { to = to, status = settings.status or 302 }, {
        redirects = settings.redirects, headers = settings.headers, body = settings.body,
        method = settings.method,
      })
    end

    it("are not followed unless asked for", function()
      assert.equal(302, follow("/echo", { redirects = 0 }).status)
    end)

    it("keep everything on the same host", function()
      for _, to in ipairs{ "/echo", "echo", server:url("/echo") } do
        local seen = json.decode(follow(to).body)
        assert.equal("Bearer x", seen.headers.authorization)
      end
    end)

    it("carry to another port what a policy names", function()
      local seen = json.decode(follow(server:url("/echo", nil, "other")).body)
      for name, value in pairs(SECRETS) do
        local wanted = name == "Accept" and value or nil
        assert.equal(wanted, seen.headers[name:lower()], name)
      end
      policy.set("http.redirect_headers", { "X-P*" })
      seen = json.decode(follow(server:url("/echo", nil, "other")).body)
      policy.reset()
      assert.same({ "x", "x" }, { seen.headers["x-plain"], seen.headers["x-password"] })
      assert.equal(nil, seen.headers["x-token"])
    end)

    it("are joined by the rules of URLs", function()
      for _, row in ipairs{
        { "http://host", "b?c=d", "http://host/b?c=d" }, { "http://host", "/b", "http://host/b" },
        { "http://host/a/b?q", "c", "http://host/a/c" }, { "http://host/a/b", "../c", "http://host/c" },
        { "http://host/a/b?q", "?r", "http://host/a/b?r" },
        { "https://host/a", "//other/b", "https://other/b" },
        { "http://host/a", "HTTPS://Other:8443/b", "https://Other:8443/b" },
        { "http://u:p@host:81/a", "b", "http://u:p@host:81/b" },
        { "http://[::1]:81/a", "b", "http://[::1]:81/b" },
      } do
        assert.equal(row[3], host.join(row[1], row[2]), row[1] .. " " .. row[2])
      end
      local url, failure = host.join("http://host/", "http://a\1b/")
      assert.same({ nil, "protocol" }, { url, failure.kind })
    end)

    it("know a server by scheme, host and port", function()
      for url, origin in pairs{
        ["http://Host"] = "http://host:80", ["https://host/a?b"] = "https://host:443",
        ["http://u:p@host:81/"] = "http://host:81", ["http://[::1]/"] = "http://[::1]:80",
        ["http://host\\@other/"] = "http://other:80", ["http://"] = false,
      } do
        assert.equal(origin or nil, (host.origin(url)), url)
      end
    end)

    it("end when there are too many", function()
      local answer = follow(server:url("/redirect", { to = "/redirect?to=/echo" }), { redirects = 1 })
      assert.equal(302, answer.status)
    end)

    it("are refused for a body that would go to another host", function()
      local failure = failure_of(follow, server:url("/echo", nil, "other"),
        { status = 307, method = "POST", body = "secret" })
      assert.equal("protocol", failure.kind)
      assert.matches(tostring(server.ports.other), failure.message)
    end)

    it("repeat or drop the body as the status says", function()
      local seen = json.decode(follow("/echo", { status = 307, method = "POST", body = "abc" }).body)
      assert.same({ "POST", 3 }, { seen.method, seen.length })
      seen = json.decode(follow("/echo", { status = 303, method = "POST", body = "abc" }).body)
      assert.same({ "GET", 0 }, { seen.method, seen.length })
    end)

    it("never leave HTTP", function()
      assert.equal("invalid", failure_of(follow, "file:///etc/passwd").kind)
    end)
  end)
end)
