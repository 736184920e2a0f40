--- What must not be told.
local names = require("os2.text.names")
local policy = require("os2.policy")

describe("os2.policies.secrets", function()
  before_each(policy.reset)

  it("knows the usual names of secrets", function()
    local fits = names.matcher(policy.ask("secrets.names"))
    for _, name in ipairs{
      "DAYTONA_API_KEY", "NPM_TOKEN", "npm_config_token", "A_SECRET", "DB_PASSWORD", "PGPASSWORD",
      "SSH_PASSPHRASE", "AWS_CREDENTIALS", "DOCKER_AUTH_CONFIG", "FTP_PASSWD", "SMTP_PASS",
      "GITHUB_PAT", "NPM_AUTH", "npm_config__auth", "SENTRY_DSN", "COOKIE", "SESSION_COOKIE",
      "MYSQL_PWD", "DOCKER_hub_PSW",
    } do
      assert.is_true(fits(name), name)
    end
  end)

  it("knows those that are none", function()
    local fits = names.matcher(policy.ask("secrets.names"))
    for _, name in ipairs{
      "PWD", "OLDPWD", "PATH", "SSH_AUTH_SOCK", "GIT_AUTHOR_NAME", "KEYBOARD", "TOKENIZER",
      "PASSENGER", "COMPASS", "DAYTONA_API_URL", "AUTHOR",
    } do
      assert.is_false(fits(name), name)
    end
  end)

  it("takes a list of the team's own, and no other thing", function()
    policy.set("secrets.names", { "ACME_*" })
    assert.same({ "ACME_*" }, policy.ask("secrets.names"))
    assert.is_false((pcall(policy.set, "secrets.names", "ACME_*")))
    assert.is_false((pcall(policy.set, "secrets.names", { 1 })))
  end)
end)
