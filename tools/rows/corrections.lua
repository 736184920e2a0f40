--- What the descriptions lack, or say otherwise than the APIs were observed to answer.
---
--- needs_key: any request may be denied.
--- permission: what the key must be allowed; the first rule that matches an operation applies.
--- paths: the rule of a path parameter (core/rest/rest.h), by path and parameter.
--- query: further query keys of an operation.
--- json: keys whose value is JSON, so that a table may be given, whatever type the description has.
--- result: the kind of answer, when it is not described.
--- quota: operations that a quota may refuse.
--- reads: operations that change nothing although their method may, with the reason.
--- changes: operations that change something although their method is GET, with the reason.
--- without: described operations that get no rows.
--- units: by field name.
local M = {}

-- observed: a name is refused with 400, or with 500 for the URL of logs
local NEEDS_UUID <const> = "uuid"
local HAS_SLASHES <const> = "path" -- slashes of a reference are not encoded in the engine's paths

local MINUTES <const>, SECONDS <const> = "minutes", "seconds"
local GB <const>, GIB <const>, BYTES <const> = "GB", "GiB", "bytes"
local CORES <const>, NANOSECONDS <const> = "CPU cores", "nanoseconds"

M.daytona = {
  source = "the description of the Daytona API (client 0.220.0)",
  needs_key = true,
  -- these answer an API key with 401, so os2 cannot call them
  without = {
    createApiKey = true, deleteApiKey = true, deleteApiKeyForUser = true, getApiKey = true,
    getAuthenticatedUser = true, getOrganization = true, getOrganizationUsageOverview = true,
    listApiKeys = true, listOrganizations = true,
  },
  paths = {
    ["/snapshots/{id}"] = { DELETE = { id = NEEDS_UUID } },
    ["/snapshots/{id}/activate"] = { POST = { id = NEEDS_UUID } },
    ["/snapshots/{id}/deactivate"] = { POST = { id = NEEDS_UUID } },
    ["/snapshots/{id}/build-logs-url"] = { GET = { id = NEEDS_UUID } },
  },
  json = { labels = true },
  -- observed to be application/octet-stream; the description names no answer
  result = { getSnapshotBuildLogs = "bytes", getBuildLogs = "bytes" },
  permission = {
    { tag = "snapshots", method = "DELETE", "delete:snapshots" },
    { tag = "snapshots", method = "POST", "write:snapshots" },
    { id = "deleteSandbox", "delete:sandboxes" },
    { id = "updateLastActivity", "" },
    { tag = "sandbox", method = "GET", "" },
    { tag = "sandbox", "write:sandboxes" },
    { id = "getTransientPushAccess", "write:snapshots" },
    { id = "getPushAccess", "write:snapshots" },
    { tag = "docker-registry", method = "DELETE", "delete:registries" },
    { tag = "docker-registry", method = "GET", "" },
    { tag = "docker-registry", "write:registries" },
    { tag = "volumes", method = "GET", "read:volumes" },
    { tag = "volumes", method = "POST", "write:volumes" },
    { tag = "volumes", method = "DELETE", "delete:volumes" },
    { id = "deleteRegion", "delete:regions" },
    { path = "^/regions", method = "GET", "" },
    { path = "^/regions", "write:regions" },
    { id = "getOrganizationAuditLogs", "read:audit_logs" },
    { tag = "secret", method = "GET", "" },
    { tag = "secret", "manage:secrets" },
  },
  changes = {
    getSignedPortPreviewUrl = "makes a token with which anyone may reach the port until it expires",
  },
  quota = { createSnapshot = true, activateSnapshot = true, createSandbox = true,
    startSandbox = true, resizeSandbox = true, forkSandbox = true, createVolume = true },
  units = {
    cpu = CORES, minCpu = CORES, maxCpu = CORES, memory = GB, mem = GB, disk = GB, size = GB,
    minMemoryGiB = GIB, maxMemoryGiB = GIB, minDiskGiB = GIB, maxDiskGiB = GIB,
    autoStopInterval = MINUTES, autoPauseInterval = MINUTES, autoArchiveInterval = MINUTES,
    autoDeleteInterval = MINUTES, ttlMinutes = MINUTES, interval = MINUTES,
    expiresInMinutes = MINUTES, expiresInSeconds = SECONDS, queueTimeout = MINUTES,
    defaultQueueTimeout = MINUTES,
  },
}

M.toolbox = {
  source = "the description of the toolbox API (client 0.218.0)",
  needs_key = true,
  reads = { DownloadFiles = "the paths stand in the body because they may be many" },
  changes = { ConnectPtySession = "the connection takes what is typed in the terminal" },
  units = { timeout = SECONDS, size = BYTES },
}

M.docker = {
  source = "the description of the Docker Engine API 1.56",
  paths = {
    ["/images/{name}"] = { DELETE = { name = HAS_SLASHES } },
    ["/images/{name}/attestations"] = { GET = { name = HAS_SLASHES } },
    ["/images/{name}/get"] = { GET = { name = HAS_SLASHES } },
    ["/images/{name}/history"] = { GET = { name = HAS_SLASHES } },
    ["/images/{name}/json"] = { GET = { name = HAS_SLASHES } },
    ["/images/{name}/push"] = { POST = { name = HAS_SLASHES } },
    ["/images/{name}/tag"] = { POST = { name = HAS_SLASHES } },
    ["/distribution/{name}/json"] = { GET = { name = HAS_SLASHES } },
  },
  json = { filters = true, buildargs = true, labels = true, cachefrom = true },
  -- not described: the session that answers the build's questions, and the id to cancel the build
  query = { ImageBuild = { "session", "buildid" } },
  reads = {
    ContainerWait = "waits for a container's end and does not bring it about",
    SystemAuth = "asks a registry whether it takes credentials, and stores nothing",
  },
  changes = { ContainerAttachWebsocket = "the connection takes the container's input" },
  -- one JSON document per line, or framed bytes of two streams, but no single JSON document
  result = {
    ContainerStats = "stream", ImageBuild = "stream", ImageCreate = "stream",
    ImageLoad = "stream", ImagePush = "stream",
  },
  units = {
    t = SECONDS, since = "Unix seconds", ["until"] = "Unix seconds", StopTimeout = SECONDS,
    Memory = BYTES, MemorySwap = BYTES, MemoryReservation = BYTES, ShmSize = BYTES, Size = BYTES,
    SizeRw = BYTES, SizeRootFs = BYTES, memory = BYTES, memswap = BYTES, shmsize = BYTES,
    NanoCpus = "billionths of a CPU", Interval = NANOSECONDS, Timeout = NANOSECONDS,
    StartPeriod = NANOSECONDS, StartInterval = NANOSECONDS,
  },
}

return M
