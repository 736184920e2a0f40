--- What must not be told: where secrets come from, and that no cut leaves a part of one.
local policy = require("os2.policy")
local program = require("tests.lib.program")
local secrets = require("os2.text.secrets")

local PEM <const> = "-----BEGIN KEY-----\nMIIEpAIBAAKCAQEA7\nabc=\n  indented-line-of-it\r\n-----END KEY-----\n"

describe("os2.text.secrets", function()
  before_each(function()
    policy.reset()
    secrets.forget()
  end)
  after_each(function()
    policy.reset()
    secrets.forget()
  end)

  it("finds the environment's by their names", function()
    local variables = {}
    for _, name in ipairs{
      "A_API_KEY", "B_TOKEN", "C_PASSWD", "D_PASS", "E_PAT", "F_AUTH", "G_DSN", "COOKIE",
    } do
      variables[name] = "value-of-" .. name
    end
    variables.OS2_PLAIN, variables.SHORT_TOKEN = "value-of-plain", "short"
    local ran = program.eval([[
      for _, name in ipairs(arg) do print(name, env.masked("<" .. os.getenv(name) .. ">")) end]],
      { env = variables },
      { "A_API_KEY", "B_TOKEN", "C_PASSWD", "D_PASS", "E_PAT", "F_AUTH", "G_DSN", "COOKIE",
        "OS2_PLAIN", "SHORT_TOKEN" })
    assert.equal("A_API_KEY\t<***>\nB_TOKEN\t<***>\nC_PASSWD\t<***>\nD_PASS\t<***>\nE_PAT\t<***>\n"
      .. "F_AUTH\t<***>\nG_DSN\t<***>\nCOOKIE\t<***>\nOS2_PLAIN\t<value-of-plain>\nSHORT_TOKEN\t<short>\n",
      ran.stdout)
  end)

  it("finds the passwords of the environment's URLs, also where they stand alone", function()
    local ran = program.eval([[print(env.masked("login with s3cr3t%2Fpw or s3cr3t/pw as app"))]],
      { env = { DATABASE_URL = "postgres://app:s3cr3t%2Fpw@db:5432/x" } })
    assert.equal("login with *** or *** as app\n", ran.stdout)
  end)

  it("takes the names that a policy says, whatever they are", function()
    policy.set("secrets.names", { "ACME_*" })
    assert.is_true(secrets.is_name("acme_login"))
    assert.is_false(secrets.is_name("NPM_TOKEN"))
  end)

  it("asks a policy that is a function", function()
    policy.override("secrets.names", function(base, facts)
      local list = base()
      list[#list + 1] = facts.env.OS2_NO_SUCH or "MORE_*"
      return list
    end)
    assert.is_true(secrets.is_name("MORE_OF_IT"))
    assert.is_true(secrets.is_name("NPM_TOKEN"))
  end)

  it("hides each line of a secret by itself, but for short ones", function()
    secrets.conceal_named("DEPLOY_KEY", PEM)
    assert.equal("say *** and *** or abc=", secrets.masked("say MIIEpAIBAAKCAQEA7 and indented-line-of-it or abc="))
    local masked = secrets.masked("--build-arg DEPLOY_KEY=" .. PEM)
    for line in PEM:gmatch("[^\r\n]+") do
      if #line > 8 then assert.is_nil(masked:find(line, 1, true)) end
    end
    local escaped = secrets.masked((PEM:gsub("\r?\n", "\\n")))
    assert.is_nil(escaped:find("MIIE", 1, true))
  end)

  it("leaves values of other names", function()
    secrets.conceal_named("GREETING", "good morning")
    assert.equal("good morning", secrets.masked("good morning"))
  end)

  it("hides a secret that begins with another one", function()
    secrets.conceal("abcdefgh")
    secrets.conceal("abcdefghijkl")
    assert.equal("*** ***", secrets.masked("abcdefghijkl abcdefgh"))
  end)

  it("knows no patterns in secrets", function()
    secrets.conceal("%d+(.-)[a-z]$^*")
    assert.equal("<***> 123", secrets.masked("<%d+(.-)[a-z]$^*> 123"))
  end)

  it("hides a secret as JSON and URLs write it", function()
    secrets.conceal('a"b\\c+d/e=')
    assert.equal("*** *** ***", secrets.masked('a"b\\c+d/e= a\\"b\\\\c+d/e= a%22b%5Cc%2Bd%2Fe%3D'))
  end)

  it("hides a secret inside of base64, wherever it begins there", function()
    local secret = "hush?hush~" .. ("\xff\xfe"):rep(4)
    secrets.conceal(secret)
    local docker = require("host.docker")
    for shift = 0, 5 do
      for behind = 0, 3 do
        local url = docker.base64_url(("p"):rep(shift) .. secret .. ("q"):rep(behind))
        for _, encoded in ipairs{ url, (url:gsub("-", "+"):gsub("_", "/")) } do
          local masked = secrets.masked("<" .. encoded .. ">")
          assert.matches("***", masked, 1, true)
          -- what is left are bits of what stands beside it
          assert.is_true(#masked <= #"<***>" + (shift + behind) * 2 + 6, masked)
        end
      end
    end
  end)

  it("hides a percent-encoded secret as different programs write it", function()
    secrets.conceal("a/b c*d(e)")
    assert.equal("*** *** *** ***", secrets.masked(
      "a/b c*d(e) a%2Fb%20c%2Ad%28e%29 a%2fb%20c%2ad%28e%29 a%2Fb%20c*d(e)"))
  end)

  it("knows no other form of a short secret, and of base64 none of a very long one", function()
    secrets.conceal("abcdefg", 7)
    assert.equal("*** YWJjZGVmZw==", secrets.masked("abcdefg YWJjZGVmZw=="))
    local long = ("0123456789"):rep(301)
    secrets.conceal(long)
    assert.equal("***", secrets.masked(long))
    local encoded = require("host.docker").base64_url(long)
    assert.equal(encoded, secrets.masked(encoded))
  end)

  it("hides passwords and tokens in URLs", function()
    for given, masked in pairs{
      ["see https://me:geheim@host/a"] = "see https://me:***@host/a",
      ["https://me:ge@heim@host/a"] = "https://me:***@host/a",
      ["redis://:geheim@host"] = "redis://:***@host",
      ["https://ghp_0123456789abcdefghij@github.com/x"] = "https://***@github.com/x",
      ["ssh://git@github.com/x"] = "ssh://git@github.com/x",
      ["http://host:80/a@b"] = "http://host:80/a@b",
      ["http://[::1]:80/a:b@c"] = "http://[::1]:80/a:b@c",
      ["a://u:p@h b://v:q@i"] = "a://u:***@h b://v:***@i",
      ["://://:@://"] = "://://:***@://",
    } do
      assert.equal(masked, secrets.masked(given))
    end
  end)

  it("gives places to cut that leave no secret in two", function()
    secrets.conceal("0123456789")
    local text = "some words 0123456789 https://me:password@host more words"
    for at = 1, #text do
      local place = secrets.place_to_cut(text, at)
      local both = secrets.masked(text:sub(1, place)) .. secrets.masked(text:sub(place + 1))
      assert.equal(secrets.masked(text), both, at)
      assert.is_true(place <= at and at - place <= 20, at)
    end
  end)

  it("gives 0 where the text begins with a secret that goes on", function()
    secrets.conceal(("s"):rep(100))
    assert.equal(0, secrets.place_to_cut(("s"):rep(100) .. " end", 50))
    assert.equal(100, secrets.place_to_cut(("s"):rep(100) .. " end", 100))
  end)
end)
