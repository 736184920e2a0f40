// config: what the tests can set about the stand-in, and what it starts with.
"use strict"

const MAIN = "70cac463-5492-4aa1-8fb7-5b9f19157e95"
const OTHER = "0b6f1c1e-6a55-4c0b-9a35-8d0e5d0a7c11"

const ALL = [
  "write:snapshots",
  "delete:snapshots",
  "write:sandboxes",
  "delete:sandboxes",
  "write:registries",
  "delete:registries",
  "read:volumes",
  "write:volumes",
  "delete:volumes",
  "write:regions",
  "delete:regions",
  "read:audit_logs",
  "manage:api_keys",
  "manage:secrets",
]

function key(name, organization, permissions, more = {}) {
  const createdAt = "2026-01-01T00:00:00.000Z"
  const value = `dtn_test_key_${name}`
  return { name, value, organization, permissions, createdAt, expiresAt: null, jwt: false, ...more }
}

function defaultKeys() {
  return [
    key("full", MAIN, ALL),
    key("read", MAIN, []),
    key("expired", MAIN, ALL, { expiresAt: "2026-01-02T00:00:00.000Z" }),
    key("other", OTHER, ALL),
    key("jwt", MAIN, ALL, { value: "test.jwt.token", jwt: true }),
  ]
}

/**
 * A fresh configuration. Times are milliseconds, sizes GB.
 *
 * proxyUrl: where toolbox and previews are said to be; null is this server itself.
 * proxyTemplateUrl: a preview's address, with {{PORT}} and {{sandboxId}}, and {{origin}} for this
 * server's own; null is a host name under proxyUrl, as the real service has it.
 * sandboxOutcomes: [{name, errorReason?, recoverable?, times?, delay?, healthyAfter?, deleteError?}]:
 * what becomes of the sandboxes whose name matches: their start fails (`times` times), takes `delay`
 * longer, their ports answer later (null is never), the runner cannot delete them.
 * createWait: how long a create or start waits for its sandbox at most.
 * listDelay: how long a new sandbox is missing from lists.
 * buildLog: the text at the build logs' addresses.
 * previews: from `healthyAfter` the start on ports answer; `before` is a status, or "refused".
 * snapshotLifetime: how long a snapshot stays active without being used.
 * features: what v0.190 does not have (`newest`) or has behind a flag (`resize`).
 * webhooks: whether there is somebody to send them; without, they are a 503.
 * maintenance: every route is a 503.
 * sockets: those of toolboxes. absent: the status of every answer; pieceBytes: the length of a log's
 * messages; isText: they are texts; cutBytes: [n, …]: the logs to come are cut after n bytes; isDeaf:
 * a terminal neither shows anything nor reads, from its next output on.
 * imageDigests: {image name: 64 hex digits}: images without a registry that are the same one.
 * timetable: how long a snapshot or sandbox stays in each state; `retry` is how often a pending
 * snapshot looks for a runner. The real service takes 10 s for `removing` and `retry`.
 */
function defaultConfig() {
  return {
    version: "0.190.0",
    organizations: { main: MAIN, other: OTHER },
    keys: defaultKeys(),
    regions: ["us", "eu"],
    defaultRegion: "us",
    defaultSnapshot: "daytonaio/sandbox:0.6.0",
    proxyUrl: null,
    proxyTemplateUrl: null,
    runnerReady: true,
    quota: 100,
    limits: { cpu: 100, gpu: 0, memory: 100, disk: 100 },
    sandboxQuota: { cpu: null, memory: null, disk: null, count: null },
    sandboxOutcomes: [],
    createWait: 30000,
    listDelay: 0,
    buildLog: "",
    features: { newest: false, resize: false },
    webhooks: false,
    maintenance: false,
    sockets: { absent: 0, pieceBytes: 0, isText: false, isDeaf: false, cutBytes: [] },
    previews: { healthyAfter: 20, before: 502 },
    snapshotLifetime: 14 * 24 * 3600 * 1000,
    activationCooldown: 600000,
    timetable: {
      pending: 20,
      pulling: 20,
      building: 20,
      removing: 50,
      retry: 50,
      creating: 20,
      starting: 20,
      stopping: 20,
      archiving: 20,
      restoring: 20,
      resizing: 20,
      destroying: 20,
      snapshotting: 20,
      pending_build: 20,
      building_snapshot: 20,
      volume: 20,
    },
    rateLimits: {
      authenticated: null,
      "sandbox-create": null,
      "sandbox-lifecycle": null,
      "failed-auth": null,
    },
    registry: { url: null, username: null, password: null, project: "daytona" },
    absentImages: [],
    imageDigests: {},
    outcomes: [],
  }
}

const MERGED = [
  "features",
  "limits",
  "previews",
  "rateLimits",
  "registry",
  "sandboxQuota",
  "sockets",
  "timetable",
]

function mergeInto(target, change, where) {
  for (const key of Object.keys(change)) {
    if (!(key in target)) throw new Error(`config: no key "${where}${key}"`)
  }
  Object.assign(target, change)
}

/**
 * Applies `change` to `config`: the nested tables key by key, everything else as a whole;
 * `permissions` is short for "give these keys these permissions". Throws on a key nobody reads.
 */
function applyConfig(config, change) {
  const { permissions = {}, ...rest } = change
  for (const name of MERGED) {
    if (!(name in rest)) continue
    mergeInto(config[name], rest[name], `${name}.`)
    delete rest[name]
  }
  mergeInto(config, rest, "")
  for (const [name, list] of Object.entries(permissions)) {
    const found = config.keys.find((candidate) => candidate.name === name)
    if (!found) throw new Error(`config: permissions: no key is named "${name}"`)
    found.permissions = list
  }
}

module.exports = { applyConfig, defaultConfig }
