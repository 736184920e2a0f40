--- What os2's own programs get.
local names = require("os2.text.names")
local policy = require("os2.policy")

describe("os2.policies.helper", function()
  before_each(policy.reset)

  local function passes(helper, name)
    return names.matcher(policy.ask("helper.environment", { helper = helper }))(name)
  end

  it("passes what each needs", function()
    for _, row in ipairs{
      { "tar", "PATH", true }, { "tar", "LC_ALL", true }, { "tar", "SSH_AUTH_SOCK", false },
      { "tar", "https_proxy", false }, { "ssh", "SSH_AUTH_SOCK", true },
      { "ssh", "https_proxy", true }, { "ssh", "AWS_SECRET_ACCESS_KEY", false },
      { "git", "GIT_CONFIG_GLOBAL", true }, { "git", "SSL_CERT_FILE", true },
      { "credentials", "AWS_SECRET_ACCESS_KEY", true }, { "credentials", "NO_PROXY", true },
      { "credentials", "GOOGLE_APPLICATION_CREDENTIALS", true },
      { "another", "PATH", true }, { "another", "SSH_AUTH_SOCK", false },
    } do
      assert.equal(row[3], passes(row[1], row[2]), row[1] .. " " .. row[2])
    end
  end)

  it("passes none of os2's own keys to anyone", function()
    for _, helper in ipairs{ "tar", "ssh", "git", "credentials" } do
      for _, name in ipairs{
        "DAYTONA_API_KEY", "DAYTONA_JWT_TOKEN", "GITHUB_ACCESS_TOKEN", "GITHUB_TOKEN",
        "DOPPLER_TOKEN", "NPM_TOKEN",
      } do
        assert.is_false(passes(helper, name), helper .. " " .. name)
      end
    end
  end)

  it("takes names of the team's own", function()
    policy.override("helper.environment", function(base, facts)
      local list = base()
      if facts.helper == "credentials" then list[#list + 1] = "VAULT_ADDR" end
      return list
    end)
    assert.is_true(passes("credentials", "VAULT_ADDR"))
    assert.is_true(passes("credentials", "PATH"))
    assert.is_false(passes("tar", "VAULT_ADDR"))
  end)
end)
