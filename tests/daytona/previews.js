// previews: the addresses of sandboxes' ports, and who may open them.
"use strict"

const crypto = require("node:crypto")
const { previewUrl, toolboxUrl } = require("./addresses")
const { badRequest, notFound } = require("./errors")
const { empty } = require("./reply")
const { findSandbox } = require("./sandboxes")

/** A port that is no number passes, as NaN: so it does on the real API. */
function portOf(call) {
  const port = Number(call.params.port)
  if (port < 1 || port > 65535) throw badRequest("Invalid port")
  return port
}

/** The token that opens a private sandbox's ports; made when first asked for. */
function tokenOf(world, sandbox) {
  const details = world.details.get(sandbox.id)
  details.token ??= crypto.randomBytes(24).toString("hex").slice(0, 32)
  return details.token
}

function getPortPreviewUrl(call) {
  const sandbox = findSandbox(call)
  const url = previewUrl(call.world, portOf(call), sandbox.id)
  return { sandboxId: sandbox.id, url, token: tokenOf(call.world, sandbox) }
}

function lifetime({ expiresInSeconds = 60 }) {
  if (!(expiresInSeconds >= 1 && expiresInSeconds <= 86400)) {
    throw badRequest("expiresInSeconds must be between 1 second and 24 hours")
  }
  return expiresInSeconds
}

function getSignedPortPreviewUrl(call) {
  const { world } = call
  const { id } = findSandbox(call)
  const port = portOf(call)
  const token = crypto.randomBytes(8).toString("hex")
  world.signedPreviews.set(token, { id, port, expires: Date.now() + lifetime(call.query) * 1000 })
  return { sandboxId: id, port, token, url: previewUrl(world, port, token) }
}

/** What a signed token opens at this port, or undefined. */
function signedSandbox(world, token, port) {
  const signed = world.signedPreviews.get(token)
  if (!signed || signed.port !== port || signed.expires <= Date.now()) return undefined
  return world.sandboxes.get(signed.id)
}

function expireSigned(call) {
  findSandbox(call)
  call.world.signedPreviews.delete(call.params.token)
  return empty(201)
}

function sandboxIdOfSigned(call) {
  const { signedPreviewToken, port } = call.params
  const sandbox = signedSandbox(call.world, signedPreviewToken, Number(port))
  if (!sandbox) throw notFound("Invalid or expired token")
  return sandbox.id
}

function anySandbox(call) {
  const { sandboxId } = call.params
  const sandbox = call.world.sandboxes.get(sandboxId)
  if (!sandbox) throw notFound(`Sandbox with ID ${sandboxId} not found`)
  return sandbox
}

function isSandboxPublic(call) {
  const sandbox = anySandbox(call)
  if (!sandbox.public) throw notFound(`Sandbox with ID ${sandbox.id} not found`)
  return true
}

function isValidAuthToken(call) {
  const sandbox = anySandbox(call)
  if (tokenOf(call.world, sandbox) !== call.params.authToken) {
    throw notFound(`Sandbox with ID ${sandbox.id} not found`)
  }
  return true
}

/** The key that signs addresses of a sandbox's ports; made when first asked for. */
function signingKey(call) {
  const details = call.world.details.get(findSandbox(call).id)
  details.signingKey ??= crypto.randomBytes(32).toString("hex")
  return details.signingKey
}

function rotateSigningKey(call) {
  delete call.world.details.get(findSandbox(call).id).signingKey
  return signingKey(call)
}

const handlers = {
  expireSignedPortPreviewUrl: expireSigned,
  getPortPreviewUrl,
  getSandboxIdFromSignedPreviewUrlToken: sandboxIdOfSigned,
  getSandboxSigningKey: signingKey,
  getSignedPortPreviewUrl,
  getToolboxProxyUrl: (call) => findSandbox(call) && { url: toolboxUrl(call.world) },
  hasSandboxAccess: (call) => Boolean(findSandbox(call)),
  isPreviewWarningEnabled: (call) => Boolean(anySandbox(call)) && { enabled: false },
  isSandboxPublic,
  isValidAuthToken,
  rotateSigningKey,
}

module.exports = { handlers, signedSandbox, tokenOf }
