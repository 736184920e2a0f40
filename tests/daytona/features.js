// features: operations that v0.190 of the API does not answer: newer ones, and those behind a flag.
"use strict"

// Of later descriptions; on v0.190 there is no such route.
const NEWER = [
  "createSecret",
  "createWarmPool",
  "deleteSecret",
  "deleteWarmPool",
  "getAuditScenarios",
  "getGpuCapacity",
  "getSandboxSigningKey",
  "getSecret",
  "isPreviewWarningEnabled",
  "listAvailableSandboxClasses",
  "listSecrets",
  "listSecretsPaginated",
  "listWarmPools",
  "rotateSigningKey",
  "setAutoPauseInterval",
  "setTtl",
  "updateOrganizationDefaultQueueTimeout",
  "updateSandboxSecrets",
  "updateSecret",
  "updateWarmPool",
]

/** Whether this world answers the operation (see `features` of config.js). */
function isServed({ config: { features } }, { operationId }) {
  if (NEWER.includes(operationId)) return features.newest
  if (operationId === "resizeSandbox") return features.resize
  return true
}

module.exports = { isServed }
