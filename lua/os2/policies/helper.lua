--- What the programs get that os2 runs for its own work.
local policy = require("os2.policy")

---@class os2.policies.helper
local M = {}

-- Variables that any program may need to find its files and to use the user's language.
local ALL <const> = {
  "PATH", "HOME", "USER", "LOGNAME", "SHELL", "PWD", "LANG", "LANGUAGE", "LC_*", "TZ", "TMPDIR",
  "TERM", "XDG_*", "LD_LIBRARY_PATH",
}

local NETWORK <const> = {
  "*_PROXY", "SSL_CERT_*", "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS",
}

-- Variables with which a program reaches the person, or the person's keyring or agent.
local AGENTS <const> = {
  "DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY", "DBUS_SESSION_BUS_ADDRESS", "GPG_*", "GNUPGHOME",
  "SSH_*", "KRB5*",
}

local OWN <const> = {
  tar = { {} },
  ssh = { NETWORK, AGENTS },
  git = { NETWORK, AGENTS, { "GIT_*", "EMAIL" } },
  -- the credential helpers of cloud providers find their keys in variables of their providers
  credentials = { NETWORK, AGENTS, {
    "DOCKER_*", "PASSWORD_STORE_*", "AWS_*", "GOOGLE_*", "CLOUDSDK_*", "GCE_*", "AZURE_*", "ACR_*",
    "IDENTITY_*", "MSI_*", "BOTO_*", "KUBERNETES_*", "KUBECONFIG", "REGISTRY_AUTH_FILE",
  } },
}

--- Returns the names of the variables that a program of os2's own gets.
---@param facts {helper: string}  "tar", "ssh", "git", "credentials" (Docker's credential helpers)
---@return string[]
function M.environment(facts)
  local list = table.move(ALL, 1, #ALL, 1, {})
  for _, names in ipairs(OWN[facts.helper] or {}) do
    table.move(names, 1, #names, #list + 1, list)
  end
  return list
end

policy.define("helper.environment", {
  facts = {
    helper = "string: tar, ssh, git or credentials (Docker's credential helpers)",
  },
  doc = "The variables that the programs get which os2 runs for its own work (tar, ssh, git, a "
    .. "credential helper); \"*\" stands for any text.",
  default = M.environment,
  returns = { type = "list", element = "string", doc = "names of variables" },
})

return M
