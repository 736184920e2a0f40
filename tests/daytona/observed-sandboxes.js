// observed-sandboxes: requests on sandboxes, and what the real API (v0.190.0) was seen to answer.
"use strict"

const SORT =
  "sort must be one of the following values:" +
  " name, cpu, memoryGib, diskGib, lastActivityAt, createdAt"
const NOT_FOUND = "Sandbox with ID or name nosuch not found"
const IN_PROGRESS = "Sandbox state change in progress"
const NUMBER = "must be a number conforming to the specified constraints"
const NETWORK = 'Invalid IP address: "bad" in network "bad". Must be a valid IPv4 address'

const RESIZE = { features: { resize: true } }

const create = (body) => ({
  method: "POST",
  path: "/api/sandbox",
  body: { snapshot: "seeded", ...body },
})
const get = (rest) => ({ path: `/api/sandbox${rest}` })
const post = (rest, body) => ({ method: "POST", path: `/api/sandbox/${rest}`, body })
const put = (rest, body) => ({ method: "PUT", path: `/api/sandbox/${rest}`, body })

// [what, request, status, message or undefined, config, state of the answer]. There are an active
// snapshot `seeded`, and sandboxes named after their states: started, stopped, archived, archiving,
// stopping and error.
const ROWS = [
  // Create
  ["a create answers from before its wait", create({}), 200, undefined, {}, "creating"],
  [
    "a name that is taken",
    create({ name: "started" }),
    409,
    "Sandbox with name started already exists",
  ],
  ["an odd name", create({ name: "bad name!" }), 200],
  [
    "a snapshot that is removing",
    create({}),
    400,
    "Snapshot seeded is removing",
    { snapshot: "removing" },
  ],
  [
    "a snapshot that is inactive",
    create({}),
    400,
    "Snapshot seeded is inactive",
    { snapshot: "inactive" },
  ],
  [
    "memory with a snapshot",
    create({ memory: 1 }),
    400,
    "Cannot specify Sandbox resources when using a snapshot",
  ],
  [
    "an unknown volume",
    create({ volumes: [{ volumeId: "nope", mountPath: "/x" }] }),
    404,
    "Volume 'nope' not found",
  ],
  [
    "a GPU with a build",
    create({ snapshot: undefined, buildInfo: { dockerfileContent: "FROM a:1" }, gpu: 1 }),
    400,
    "Total GPU limit exceeded. Maximum allowed: 0.",
  ],
  ["a bad allow list", create({ networkAllowList: "bad" }), 400, NETWORK],
  ["an allow list", create({ networkAllowList: "10.0.0.0/8,192.0.2.1/32" }), 200],
  ["labels of another type", create({ labels: { a: 1 } }), 200],
  [
    "an auto-stop that is a string",
    create({ autoStopInterval: "x" }),
    400,
    `autoStopInterval ${NUMBER}`,
  ],
  [
    "a build",
    create({ snapshot: undefined, buildInfo: { dockerfileContent: "FROM a:1" }, cpu: 2 }),
    200,
    undefined,
    {},
    "pending_build",
  ],
  ["no runner", create({}), 400, "No available runners", { runnerReady: false }],
  [
    "a start that fails",
    create({ name: "bad" }),
    400,
    "Sandbox failed to start: out of luck",
    { sandboxOutcomes: [{ name: "^bad$", errorReason: "out of luck" }] },
  ],

  // One sandbox
  ["get by name", get("/started"), 200, undefined, {}, "started"],
  ["get unknown", get("/nosuch"), 404, NOT_FOUND],
  ["delete unknown", { method: "DELETE", path: "/api/sandbox/nosuch" }, 404, NOT_FOUND],
  ["delete", { method: "DELETE", path: "/api/sandbox/started" }, 200, undefined, {}, "destroying"],
  [
    "delete while it changes",
    { method: "DELETE", path: "/api/sandbox/stopping" },
    409,
    IN_PROGRESS,
  ],
  ["start", post("stopped/start"), 200, undefined, {}, "started"],
  ["start a started one", post("started/start"), 200, undefined, {}, "started"],
  ["start an archived one", post("archived/start"), 200, undefined, {}, "archived"],
  ["start one that is being archived", post("archiving/start"), 200, undefined, {}, "started"],
  ["stop", post("started/stop"), 200, undefined, {}, "stopping"],
  ["stop while stopping", post("stopping/stop"), 409, IN_PROGRESS],
  ["stop a stopped one", post("stopped/stop"), 400, "Sandbox is not in a stoppable state"],
  ["archive a started one", post("started/archive"), 400, "Sandbox is not stopped"],
  ["archive", post("stopped/archive"), 200, undefined, {}, "archiving"],
  ["recover", post("error/recover?skipStart=true"), 200, undefined, {}, "stopped"],
  ["recover and start", post("error/recover"), 200, undefined, {}, "started"],
  [
    "resize without its flag",
    post("started/resize", { cpu: 4 }),
    404,
    "Cannot POST /api/sandbox/started/resize",
  ],
  ["resize", post("started/resize", { cpu: 4 }), 200, undefined, RESIZE, "resizing"],
  [
    "resize to nothing",
    post("started/resize", { cpu: 0 }),
    400,
    "cpu must not be less than 1",
    RESIZE,
  ],
  [
    "resize the disk of a started one",
    post("started/resize", { disk: 9 }),
    400,
    "Disk resize requires a stopped sandbox",
    RESIZE,
  ],
  ["pause", post("started/pause"), 422, "Pausing is not supported for this sandbox"],
  ["fork", post("started/fork", {}), 422, "Forking is not supported for this sandbox"],
  ["autostop", post("started/autostop/30"), 201],
  ["autostop below 0", post("started/autostop/-1"), 400, "Auto-stop interval must be non-negative"],
  ["autostop of no number", post("started/autostop/x"), 500, "An unexpected error occurred."],
  ["autoarchive", post("started/autoarchive/10"), 201],
  ["autodelete", post("started/autodelete/0"), 201],
  ["public", post("started/public/false"), 201],
  ["last activity", post("started/last-activity", {}), 201],
  ["labels", put("started/labels", { labels: { a: "b" } }), 200],
  ["no labels", put("started/labels", {}), 200],
  ["backup", post("started/backup"), 201],
  [
    "a signed preview's end",
    post("started/ports/3000/signed-preview-url/nosuch/expire"),
    201,
  ],
  ["a time to live", post("started/ttl/5"), 404, "Cannot POST /api/sandbox/started/ttl/5"],
  ["auto-pause", post("started/autopause/5"), 404, "Cannot POST /api/sandbox/started/autopause/5"],
  ["a signing key", get("/started/signing-key"), 404, "Cannot GET /api/sandbox/started/signing-key"],
  ["snapshot", post("started/snapshot", { name: "taken" }), 200, undefined, {}, "snapshotting"],
  ["port 70000", get("/started/ports/70000/preview-url"), 400, "Invalid port"],
  ["port 0", get("/started/ports/0/preview-url"), 400, "Invalid port"],
  ["signed, port 70000", get("/started/ports/70000/signed-preview-url"), 400, "Invalid port"],
  ["preview of a stopped one", get("/stopped/ports/3000/preview-url"), 200],
  ["build logs of one not built", get("/started/build-logs-url"), 404],

  // Lists
  ["limit=0", get("?limit=0"), 400, "limit must not be less than 1"],
  ["limit=201", get("?limit=201"), 400, "limit must not be greater than 200"],
  ["a page number", get("?page=7"), 200],
  ["a bad cursor", get("?cursor=bogus"), 400, "Invalid cursor provided: bogus"],
  ["labels that are no JSON", get("?labels=x"), 400, "Invalid labels JSON format"],
  ["sort=bogus", get("?sort=bogus"), 400, SORT],
  ["createdAtAfter=bogus", get("?createdAtAfter=bogus"), 400],
]

module.exports = { ROWS }
