--- The environment variables that commands read, in groups, each with its meaning.
local M = {}

---@class os2.help.variables.row
---@field names string[]
---@field meaning string

--- The groups: a command names those that it reads, and every command reads "os2".
---@type table<string, os2.help.variables.row[]>
M.GROUPS = {
  daytona = {
    { names = { "DAYTONA_API_KEY" },
      meaning = "The API key; without it, only --provider docker works." },
    { names = { "DAYTONA_API_URL" }, meaning = "By default https://app.daytona.io/api." },
    { names = { "DAYTONA_ORGANIZATION_ID" }, meaning = "The organization." },
    { names = { "DAYTONA_TARGET" }, meaning = "The region; --region overrides it." },
    { names = { "USER" }, meaning = "Sent to Daytona, for its audit log." },
  },
  prefix = {
    { names = { "DAYTONA_SNAPSHOT_PREFIX" },
      meaning = "The prefix of snapshot names; it ends with \"--\"." },
    { names = { "OS2_PREFIX" },
      meaning = "The same, as --prefix has it; taken before DAYTONA_SNAPSHOT_PREFIX." },
    { names = { "DOPPLER_CONFIG", "DOPPLER_ENVIRONMENT" },
      meaning = "Set by Doppler; a prefix of another environment stops the run." },
  },
  doppler = {
    { names = { "DOPPLER_TOKEN" }, meaning = "The token with which --env loads secrets." },
    { names = { "DOPPLER_PROJECT" },
      meaning = "The project; a service token needs none." },
    { names = { "DOPPLER_API_HOST" }, meaning = "By default https://api.doppler.com." },
  },
  ci = {
    { names = { "GITHUB_ACTIONS" }, meaning = "\"true\" turns --github on." },
    { names = { "GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_WORKSPACE" },
      meaning = "The files of the step's outputs and summary; the repository's root." },
    { names = { "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT" },
      meaning = "A collector that gets a trace of the run; without one, none is made." },
    { names = { "OTEL_EXPORTER_OTLP_HEADERS", "OTEL_EXPORTER_OTLP_TRACES_HEADERS" },
      meaning = "What the collector wants in each request, as key=value,key=value." },
    { names = { "OTEL_EXPORTER_OTLP_TIMEOUT", "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT" },
      meaning = "How many milliseconds sending a trace may take." },
    { names = { "OTEL_EXPORTER_OTLP_PROTOCOL", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL" },
      meaning = "http/json; with another, a warning and no trace." },
    { names = { "OTEL_SERVICE_NAME", "OTEL_RESOURCE_ATTRIBUTES" },
      meaning = "Attributes of every trace, as OpenTelemetry says." },
    { names = { "OTEL_SDK_DISABLED", "OTEL_TRACES_EXPORTER" },
      meaning = "\"true\", or \"none\": no trace." },
    { names = { "TRACEPARENT" }, meaning = "The W3C trace that the run continues." },
  },
  run = {
    { names = { "GITHUB_RUN_ID", "GITHUB_JOB", "CI_PIPELINE_ID", "CI_JOB_NAME" },
      meaning = "The run and the job of a CI, for the run key; so are the following." },
    { names = { "BUILDKITE_BUILD_ID", "BUILDKITE_STEP_ID", "BUILDKITE_STEP_KEY" },
      meaning = "In Buildkite." },
    { names = { "CIRCLE_WORKFLOW_ID", "CIRCLE_JOB" }, meaning = "In CircleCI." },
    { names = { "JOB_NAME", "BUILD_NUMBER" }, meaning = "In Jenkins." },
  },
  pin = {
    { names = { "DAYTONA_SNAPSHOT_PIN" }, meaning = "The name that every resolve answers with." },
  },
  cache = {
    { names = { "XDG_CACHE_HOME" }, meaning = "The directory of the cache; by default ~/.cache." },
  },
  editor = {
    { names = { "VISUAL", "EDITOR" },
      meaning = "The editor of os2 policy edit, as a command line; VISUAL is taken first." },
  },
  room = {
    { names = { "TMPDIR" }, meaning = "One of the directories whose room os2 doctor looks at." },
  },
  labels = {
    { names = { "GITHUB_ACTOR", "LOGNAME" },
      meaning = "The label os2-user of machines: GITHUB_ACTOR, or else USER, or else LOGNAME." },
  },
  docker = {
    { names = { "DOCKER_HOST" }, meaning = "The engine: unix:///path, tcp://host:port or "
      .. "ssh://user@host." },
    { names = { "DOCKER_CONTEXT" }, meaning = "The engine, by the name of a Docker context." },
    { names = { "DOCKER_TLS_VERIFY", "DOCKER_TLS", "DOCKER_CERT_PATH" },
      meaning = "TLS on tcp://, as for the Docker command." },
    { names = { "DOCKER_CONFIG", "DOCKER_AUTH_CONFIG", "DOCKER_API_VERSION" },
      meaning = "As for the Docker command." },
    { names = { "SSH_AUTH_SOCK" }, meaning = "The agent that --ssh default forwards." },
    { names = { "XDG_RUNTIME_DIR" }, meaning = "The directory of a rootless engine's socket." },
  },
  git = {
    { names = { "GIT_SSH_COMMAND", "GIT_LFS_SKIP_SMUDGE" }, meaning = "Passed on to git." },
  },
  entry = {
    { names = { "GITHUB_ACCESS_TOKEN" },
      meaning = "Sent to the host of the policy entry.github only." },
    { names = { "GITHUB_REPOS" }, meaning = "Further repositories: "
      .. '[{"owner": "o", "name": "n", "defaultBranch": "main"}].' },
    { names = { "ITERATE_REPOSITORY" }, meaning = "The repository that the machine runs, as a "
      .. "URL." },
    { names = { "ITERATE_DEV" }, meaning = "\"true\" leaves the checkout as it is." },
  },
  os2 = {
    { names = { "OS2_POLICY" }, meaning = "A policy file." },
    { names = { "OS2_PROVIDER" },
      meaning = "The provider, daytona or docker, as --provider has it." },
    { names = { "OS2_PROGRESS" }, meaning = "How progress is shown, as with --progress." },
    { names = { "XDG_CONFIG_HOME" },
      meaning = "The directory of the policy file os2/policy.lua and of os2/scripts; by default "
        .. "~/.config." },
    { names = { "XDG_DATA_HOME" },
      meaning = "The directory of packs of scripts, os2/packs; by default ~/.local/share." },
    { names = { "OS2_NO_HISTORY" }, meaning = "When it is set, the run is not written down." },
    { names = { "XDG_STATE_HOME" },
      meaning = "The directory of what os2 remembers of runs; by default ~/.local/state." },
    { names = { "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY" }, meaning = "As for curl." },
    { names = { "SSL_CERT_FILE", "CURL_CA_BUNDLE" },
      meaning = "A file of the CAs that os2 trusts; SSL_CERT_FILE is taken first." },
    { names = { "NO_COLOR", "TERM", "COLUMNS" },
      meaning = "No colours; TERM=dumb: plain lines; the width of progress and help." },
    { names = { "LC_ALL", "LC_CTYPE", "LANG" },
      meaning = "A locale without UTF-8, such as C: os2's own signs are ASCII." },
  },
}

--- Returns the variables of the groups, in their order, each once.
---@param groups string[]
---@return os2.help.variables.row[]
function M.of(groups)
  local rows = {}
  for _, name in ipairs(groups) do
    local group = M.GROUPS[name]
    if not group then error(("there is no group of variables named '%s'"):format(name), 2) end
    table.move(group, 1, #group, #rows + 1, rows)
  end
  return rows
end

return M
