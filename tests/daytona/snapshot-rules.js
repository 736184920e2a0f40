// snapshot-rules: what POST /snapshots refuses, in the order and the words of the real API.
"use strict"

const { badRequest, notFound, unexpected } = require("./errors")
const { checkBody } = require("./rules")

const NAME = /^[a-zA-Z0-9_.\-:]+(\/[a-zA-Z0-9_.\-:]+)*(@sha256:[a-f0-9]{64})?$/

const UNSAFE = /<[^>]*>|:\/\/|^www\.|^(mailto|data|javascript):|[\u0000-\u001f\u007f]/i

const NAME_UNSAFE = "name must not contain HTML tags, URLs, or control characters"

const NAME_INVALID =
  "Invalid snapshot name format. May contain letters, digits, dots, colons, and dashes"

const IMAGE_INVALID =
  "Invalid image name format. Must be lowercase, may contain digits, dots, dashes," +
  " and single slashes between components"

const MORE_RESOURCES =
  "Need higher resource limits per-sandbox? Contact us at support@daytona.io" +
  " and let us know about your use case."

const NO_DEFAULT_REGION =
  "This organization does not have a default region." +
  " Please open the Daytona Dashboard to set a default region."

// States that count against an organization's quota.
const COUNTED = ["pending", "building", "pulling", "active"]

function unsafeName(name) {
  return typeof name === "string" && UNSAFE.test(name) ? [NAME_UNSAFE] : []
}

function checkBuildFields(body) {
  const entry = "when using a build info entry"
  if (body.imageName) throw badRequest(`Cannot specify an image name ${entry}`)
  if (body.entrypoint) throw badRequest(`Cannot specify an entrypoint ${entry}`)
  if (typeof body.buildInfo.dockerfileContent !== "string") throw unexpected()
}

function checkSource(body) {
  if (body.buildInfo) return checkBuildFields(body)
  if (!body.imageName) {
    throw badRequest("Must specify an image name when not using a build info entry")
  }
}

/** The region a snapshot or sandbox goes to: the one asked for, or the organization's default. */
function regionFor({ config, regions }, organization, asked) {
  if (!config.defaultRegion) throw badRequest(NO_DEFAULT_REGION)
  if (!asked) return config.defaultRegion
  const own = regions.get(asked) || regions.byName(organization, asked)
  if (own && own.organizationId === organization) return own.id
  if (!config.regions.includes(asked)) throw notFound("Region not found")
  return asked
}

/** What is wrong with an image name, or null. A colon anywhere passes as a tag, also a port's. */
function imageProblem(image) {
  if (image.includes("@sha256:")) {
    const valid = /^[^@]+@sha256:[a-f0-9]{64}$/.test(image)
    return valid ? null : "Invalid digest format. Must be image@sha256:64_hex_characters"
  }
  if (!image.includes(":") || /:\s*$/.test(image)) {
    return "Image name must include a tag (e.g., ubuntu:22.04) or digest (@sha256:...)"
  }
  if (image.endsWith(":latest")) return 'Images with tag ":latest" are not allowed'
  return NAME.test(image) ? null : IMAGE_INVALID
}

function checkNames(body) {
  if (!NAME.test(body.name)) throw badRequest(NAME_INVALID)
  const problem = body.buildInfo ? null : imageProblem(body.imageName)
  if (problem) throw badRequest(problem)
}

function checkResource(label, asked, unit, limit) {
  if (!asked || asked <= limit) return
  throw badRequest(
    `${label} request ${asked}${unit} exceeds maximum allowed per sandbox` +
      ` (${limit}${unit}).\n${MORE_RESOURCES}`,
  )
}

function countedSnapshots(world, organizationId) {
  const snapshots = world.snapshots.oldestFirst(organizationId)
  return snapshots.filter(({ state }) => COUNTED.includes(state)).length
}

/** Throws when one sandbox would be larger than any may be; `label` is said of the GPUs. */
function checkResources({ config: { limits } }, { cpu, gpu, memory, disk }, label = "GPU quota") {
  checkResource("CPU", cpu, "", limits.cpu)
  checkResource("Memory", memory, "GB", limits.memory)
  checkResource("Disk", disk, "GB", limits.disk)
  if (gpu > limits.gpu) throw badRequest(`${label} exceeded. Maximum allowed: ${limits.gpu}.`)
}

/** The database keeps whole numbers, and says so only when it is given another. */
function checkWhole({ cpu, gpu, memory, disk }) {
  const given = [cpu, gpu, memory, disk].filter((value) => value !== undefined && value !== null)
  if (!given.every(Number.isInteger)) throw unexpected()
}

/** Per-sandbox limits, then the organization's number of snapshots. Used by activate too. */
function checkQuotas(world, organizationId, resources) {
  const { quota } = world.config
  checkResources(world, resources)
  // This text was not seen on the API itself: sources and reports of users have it.
  if (countedSnapshots(world, organizationId) >= quota) {
    throw badRequest(`Snapshot quota exceeded. Maximum allowed: ${quota}`)
  }
}

/** Throws what the API throws for this body; returns the region the snapshot goes to. */
function checkCreate(call) {
  const { body, world } = call
  checkBody(call.operation, body, unsafeName(body.name))
  checkSource(body)
  const region = regionFor(world, call.organization, body.regionId)
  checkNames(body)
  checkQuotas(world, call.organization, body)
  checkWhole(body)
  return region
}

module.exports = { checkCreate, checkQuotas, checkResources, regionFor }
